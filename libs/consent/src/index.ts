export { consent, consentIdOf } from './consent/consent.js';
export type { ConsentCommand, ConsentEvent, ConsentState, WithdrawalScope } from './consent/consent.js';
export { situationOf } from './consent/situation.js';
export type { TwoClocks } from './consent/situation.js';
export { ConsentModule } from './consent.module.js';
export { library } from './document/library.projection.js';
export { document } from './document/document.js';
export type { DocumentEvent, DocumentState } from './document/document.js';
export { EMERGENCY_BASES, purposesFor } from './gate/gate.js';
export type { GateDecision, GateQuestion, GateReason } from './gate/gate.js';
export { ELEMENTS, PURPOSES } from './rule-pack/elements.js';
export type { Element, Purpose } from './rule-pack/elements.js';
export { packInForce, requirements, type RulePack } from './rule-pack/rule-pack.js';
export { SHIPPED_PACKS } from './rule-pack/packs.js';
export type { RelationshipStatus, Status } from './status/status.js';
export { consentFacts } from './status/status.projection.js';
export { StatusReader } from './status/status.reader.js';
export {
  AcknowledgeStance,
  GiveConsent,
  OfferConsent,
  ReviewConsent,
  WithdrawConsent,
} from './consent/consent.handler.js';
