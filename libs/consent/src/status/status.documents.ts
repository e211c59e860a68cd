import { ApiProperty } from '@nestjs/swagger';
import { STATUSES } from './consent-answer.js';

/* What the answers about consent look like, for the OpenAPI document. */

const OR_NULL = (type: string) => ({ type: [type, 'null'] as never });

class AcknowledgedDocument {
  @ApiProperty({ type: 'integer' }) versionNo: number;
  @ApiProperty() contentHash: string;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ format: 'uuid' }) by: string;
}

class AcknowledgementDocument extends AcknowledgedDocument {
  @ApiProperty({ type: [String] }) changedDimensions: string[];
}

class ContradictionDocument {
  @ApiProperty() code: string;
  @ApiProperty() detail: string;
  @ApiProperty({ format: 'uuid' }) eventId: string;
}

class StanceStatusDocument {
  @ApiProperty({ description: "the therapist's stance in plain words, whole" }) statement: string;
  @ApiProperty({ type: 'object', additionalProperties: true }) dimensions: object;
  @ApiProperty({ type: 'integer' }) versionNo: number;
  @ApiProperty() contentHash: string;
  @ApiProperty({ format: 'date-time' }) publishedAt: string;
  @ApiProperty({ required: false, type: () => AcknowledgedDocument }) acknowledged: AcknowledgedDocument;
  @ApiProperty() isCurrent: boolean;
  @ApiProperty({ type: [String] }) changedDimensions: string[];
  @ApiProperty({ type: () => [AcknowledgementDocument], description: 'of each member who has read one' })
  acknowledgements: AcknowledgementDocument[];
  @ApiProperty(OR_NULL('string')) retiredAt: string | null;
  @ApiProperty({ type: () => [ContradictionDocument] }) contradictions: ContradictionDocument[];
}

class StatusReasonDocument {
  @ApiProperty() code: string;
  @ApiProperty() detail: string;
  @ApiProperty({ enum: ['inform', 'block_next_session', 'block_now'] }) effect: string;
  @ApiProperty({ format: 'date-time' }) since: string;
  @ApiProperty(OR_NULL('string')) blocksFrom: string | null;
  @ApiProperty(OR_NULL('string')) eventId: string | null;
  @ApiProperty(OR_NULL('integer')) position: number | null;
}

class MissingDocument {
  @ApiProperty() element: string;
  @ApiProperty({ description: 'the clause that asks for it' }) clause: string;
}

class SignedVersionDocument {
  @ApiProperty({ format: 'uuid' }) documentId: string;
  @ApiProperty({ type: 'integer' }) versionNo: number;
  @ApiProperty() contentHash: string;
  @ApiProperty() isCurrent: boolean;
}

class EvidenceDocument {
  @ApiProperty({ format: 'uuid' }) eventId: string;
  @ApiProperty() type: string;
  @ApiProperty({ type: 'integer' }) position: number;
  @ApiProperty({ format: 'date-time' }) occurredAt: string;
  @ApiProperty({ format: 'date-time' }) recordedAt: string;
}

class AssentDocument {
  @ApiProperty({ enum: ['assent', 'dissent'] }) said: string;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ format: 'uuid' }) eventId: string;
}

class MemberStatusDocument {
  @ApiProperty({ format: 'uuid' }) clientId: string;
  @ApiProperty({ enum: STATUSES, description: 'of the consent to treatment' }) status: string;
}

class ConsentStatusDocument {
  @ApiProperty({ format: 'uuid' }) consentId: string;
  @ApiProperty({ format: 'uuid' }) clientId: string;
  @ApiProperty() purpose: string;
  @ApiProperty({ enum: STATUSES }) status: string;
  @ApiProperty(OR_NULL('string')) since: string | null;
  @ApiProperty(OR_NULL('string')) givenBy: string | null;
  @ApiProperty({ type: [String], description: 'guardians on record whose permission it rests on' })
  guardians: string[];
  @ApiProperty({ type: () => [AssentDocument], description: 'what a minor said themself, oldest first' })
  assent: AssentDocument[];
  @ApiProperty({ type: () => [StatusReasonDocument] }) reasons: StatusReasonDocument[];
  @ApiProperty({ type: () => [MissingDocument] }) missing: MissingDocument[];
  @ApiProperty({ type: () => [SignedVersionDocument] }) documents: SignedVersionDocument[];
  @ApiProperty(OR_NULL('string')) expiresOn: string | null;
  @ApiProperty(OR_NULL('string')) reviewOn: string | null;
  @ApiProperty({ type: () => [EvidenceDocument] }) evidence: EvidenceDocument[];
}

class BoundaryStatusDocument {
  @ApiProperty() topic: string;
  @ApiProperty() status: string;
  @ApiProperty(OR_NULL('integer')) versionNo: number | null;
  @ApiProperty({ format: 'uuid' }) eventId: string;
}

class GateReasonDocument {
  @ApiProperty() code: string;
  @ApiProperty() detail: string;
  @ApiProperty({ enum: ['block', 'inform'] }) effect: string;
  @ApiProperty({ required: false, format: 'uuid' }) clientId?: string;
  @ApiProperty({ required: false, format: 'uuid' }) eventId?: string;
}

class GateResultDocument {
  @ApiProperty({ enum: ['allow', 'refuse', 'emergency', 'continue_for_safety'] }) result: string;
  @ApiProperty({ type: () => [GateReasonDocument] }) reasons: GateReasonDocument[];
  @ApiProperty({ type: [String] }) nextSteps: string[];
}

class OneRelationshipDocument {
  @ApiProperty({ format: 'uuid' }) relationshipId: string;
  @ApiProperty() open: boolean;
  @ApiProperty() unitKind: string;
  @ApiProperty({ type: [String], description: 'at the moment asked about' }) members: string[];
  @ApiProperty({ type: () => [MemberStatusDocument] }) memberStatuses: MemberStatusDocument[];
  @ApiProperty({ format: 'uuid' }) therapistId: string;
  @ApiProperty(OR_NULL('string')) therapistName: string | null;
  @ApiProperty() format: string;
  @ApiProperty({ description: 'IANA zone that dates are meant in' }) zone: string;
  @ApiProperty({ enum: STATUSES }) overall: string;
  @ApiProperty({ type: () => StanceStatusDocument }) stance: StanceStatusDocument;
  @ApiProperty({ type: () => [ConsentStatusDocument] }) consents: ConsentStatusDocument[];
  @ApiProperty({ type: () => [BoundaryStatusDocument] }) boundaries: BoundaryStatusDocument[];
  @ApiProperty({ type: () => GateResultDocument }) gate: GateResultDocument;
}

export class ClientStatusDocument {
  @ApiProperty({ format: 'uuid' }) clientId: string;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ format: 'date-time' }) knownAt: string;
  @ApiProperty({ type: 'integer' }) position: number;
  @ApiProperty({ enum: STATUSES, description: 'the worst of the open relationships' }) overall: string;
  @ApiProperty({ type: () => [OneRelationshipDocument] }) relationships: OneRelationshipDocument[];
}

export class RelationshipStatusDocument extends OneRelationshipDocument {
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ format: 'date-time' }) knownAt: string;
  @ApiProperty({ type: 'integer' }) position: number;
}

export class GateDocument extends GateResultDocument {
  @ApiProperty({ format: 'uuid' }) relationshipId: string;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ format: 'date-time' }) knownAt: string;
  @ApiProperty({ type: 'integer' }) position: number;
}

export class BoardRowDocument {
  @ApiProperty({ format: 'uuid' }) relationshipId: string;
  @ApiProperty({ format: 'uuid' }) clientId: string;
  @ApiProperty({ format: 'uuid' }) therapistId: string;
  @ApiProperty(OR_NULL('string')) therapistName: string | null;
  @ApiProperty() purpose: string;
  @ApiProperty({ enum: STATUSES }) status: string;
  @ApiProperty(OR_NULL('string')) since: string | null;
  @ApiProperty({ type: () => [StatusReasonDocument] }) reasons: StatusReasonDocument[];
  @ApiProperty(OR_NULL('string')) expiresOn: string | null;
  @ApiProperty(OR_NULL('string')) reviewOn: string | null;
}

export class WorklistRowDocument {
  @ApiProperty() key: string;
  @ApiProperty({ format: 'uuid' }) relationshipId: string;
  @ApiProperty({ format: 'uuid' }) clientId: string;
  @ApiProperty({ format: 'uuid' }) therapistId: string;
  @ApiProperty(OR_NULL('string')) therapistName: string | null;
  @ApiProperty() purpose: string;
  @ApiProperty({ enum: STATUSES }) status: string;
  @ApiProperty({ type: () => [StatusReasonDocument] }) reasons: StatusReasonDocument[];
  @ApiProperty({ ...OR_NULL('string'), description: 'from when a session is refused, else the review' })
  dueBy: string | null;
}
