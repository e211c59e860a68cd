export { agreement, AGREEMENT_FORMS, boundaryIdOf, END_REASONS } from './agreement/agreement.js';
export type {
  Agreement,
  AgreementCommand,
  AgreementEvent,
  AgreementForm,
  EndReason,
} from './agreement/agreement.js';
export { agreementSummary } from './agreement/summary.js';
export type { AgreementSummary } from './agreement/summary.js';
export { BOUNDARY_RULES } from './agreement/terms.js';
export type { Party, RequiredParties, Surroundings, Terms } from './agreement/terms.js';
export { BOUNDARY_TOPICS } from './agreement/topics.js';
export type { BoundaryTopic } from './agreement/topics.js';
export { BoundaryModule } from './boundary.module.js';
export { boundaryBoard } from './board/board.projection.js';
export { SettleBoundary } from './agreement/agreement.handler.js';
