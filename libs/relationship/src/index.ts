export { relationship, relationshipIdOf } from './relationship/relationship.js';
export type {
  Format,
  InquiryFacts,
  InformationSource,
  RelationshipCommand,
  RelationshipEvent,
  RelationshipOpening,
  RelationshipState,
  StanceFacts,
  TherapistFacts,
} from './relationship/relationship.js';
export { caseload } from './caseload/caseload.projection.js';
export { OpenRelationship, ReassignTherapist } from './relationship/relationship.handler.js';
export { RelationshipModule } from './relationship.module.js';
