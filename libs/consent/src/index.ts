export { CHANNELS, consent, consentIdOf, EMERGENCY_BASES } from './consent/consent.js';
export type { ConsentEvent, EmergencyBasis } from './consent/consent.js';
export { situationOf } from './consent/situation.js';
export type { TwoClocks } from './consent/situation.js';
export { authorizationIn } from './disclosure/authorization.reader.js';
export { MakeDisclosure, RequestDisclosure } from './disclosure/disclosure.handler.js';
export { disclosure } from './disclosure/disclosure.js';
export type { DisclosureEvent } from './disclosure/disclosure.js';
export { disclosures } from './disclosures/disclosures.projection.js';
export { ConsentModule } from './consent.module.js';
export { library } from './library/library.projection.js';
export { document } from './document/document.js';
export type { DocumentEvent } from './document/document.js';
export { judgeAt } from './gate/gate.js';
export { purposesIn } from './gate/purposes.reader.js';
export type { GateDecision, GateReason } from './gate/gate.js';
export { ELEMENTS, PURPOSES } from './rule-pack/elements.js';
export type { Element, Purpose } from './rule-pack/elements.js';
export { packInForce, requirements } from './rule-pack/pack.js';
export { SHIPPED_PACKS } from './rule-pack/packs.js';
export type { RelationshipStatus } from './status/status.js';
export { consentFacts } from './status/status.projection.js';
export { clientStatus } from './status/client-status.js';
export { statusesIn, StatusReader } from './status/status.reader.js';
export {
  AcknowledgeStance,
  GiveConsent,
  MarkEntryInError,
  OfferConsent,
  ReviewConsent,
  WithdrawConsent,
} from './consent/consent.handler.js';
export { rulePack } from './rule-pack/rule-pack.js';
export type { RulePackEvent } from './rule-pack/rule-pack.js';
export { RulePackReader } from './rule-pack/rule-packs.reader.js';
