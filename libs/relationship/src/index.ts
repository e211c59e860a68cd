export { relationshipIdOf } from './relationship/opening.js';
export type { RelationshipOpening } from './relationship/opening.js';
export { relationship } from './relationship/relationship.js';
export type { InformationSource, RelationshipEvent } from './relationship/relationship.js';
export { caseload } from './caseload/caseload.projection.js';
export { coverOn } from './relationship/cover.js';
export { ArrangeCover, OpenRelationship, ReassignTherapist } from './relationship/relationship.handler.js';
export { RelationshipModule } from './relationship.module.js';
