import { Choice, CommandBody, Id, Ids, malformed, Moment, Part, Parts, Text } from '#libs/http';
import {
  ACCOUNT_FORMS,
  CROSSING_OUTCOMES,
  ESCALATED_TO,
  type CrossingOutcome,
  type EscalatedTo,
} from './crossing.js';
import { BOUNDARY_TOPICS, type BoundaryTopic } from './topics.js';
import { AGREEMENT_FORMS, type AgreementForm, type Party } from './version.js';

export class PartyPart {
  @Id({ optional: true })
  clientId?: string;

  @Id({ optional: true })
  staffId?: string;
}

/** Exactly one of both. @throws DomainError `malformed` */
export function partyOf({ clientId, staffId }: PartyPart, pointer: string): Party {
  if (clientId !== undefined && staffId === undefined) return { clientId };
  if (staffId !== undefined && clientId === undefined) return { staffId };
  throw malformed([{ pointer, code: 'not_one_party', detail: 'Send either clientId or staffId.' }]);
}

class ClientAgreementPart {
  @Id()
  clientId: string;

  @Choice(AGREEMENT_FORMS)
  how: AgreementForm;

  @Moment({ description: 'when the client agreed' })
  at: string;
}

/** Who is concerned and who crosses. */
class CircumstancesBody extends CommandBody {
  @Ids({ optional: true, description: 'whom it concerns; everybody of the unit unless told' })
  clientIds?: string[];

  @Part(() => PartyPart, { optional: true, description: 'clientId or staffId; the therapist unless told' })
  crossedBy?: PartyPart;
}

/** What is missing in a plan is refused with every reason. */
export class PlanCrossingBody extends CircumstancesBody {
  @Id({ optional: true, description: 'UUIDv7 of the new crossing; made by the server unless told' })
  crossingId?: string;

  @Text({ optional: true, max: 4000, description: 'why; needed' })
  rationale?: string;

  @Text({ optional: true, max: 4000, description: 'what it should do for the client; needed' })
  expectedBenefit?: string;

  @Text({ optional: true, max: 4000, description: 'what could go wrong; needed' })
  risks?: string;

  @Parts(() => ClientAgreementPart, {
    optional: true,
    description: 'one of each client concerned, given beforehand; needed',
  })
  clientAgreements?: ClientAgreementPart[];
}

export class RecordCrossingBody extends CircumstancesBody {
  @Id({
    optional: true,
    description:
      'of the planned crossing that was carried out, or UUIDv7 of a new one; made by the server unless told',
  })
  crossingId?: string;

  @Text({ max: 8000, description: 'what happened' })
  words: string;
}

export class RecordCrossingOnTopicBody extends RecordCrossingBody {
  @Id()
  relationshipId: string;

  @Choice(BOUNDARY_TOPICS)
  topic: BoundaryTopic;
}

class OneCrossingBody extends CommandBody {
  @Id()
  crossingId: string;
}

export class AssessCrossingBody extends OneCrossingBody {
  @Choice(CROSSING_OUTCOMES)
  outcome: CrossingOutcome;

  @Text({ optional: true, max: 8000, description: 'what it rests on' })
  assessment?: string;
}

export class DiscussCrossingBody extends OneCrossingBody {
  @Ids({ optional: true, description: 'who was talked to; everybody concerned unless told' })
  clientIds?: string[];

  @Text({ optional: true, max: 8000 })
  summary?: string;
}

export class ClientAccountBody extends OneCrossingBody {
  @Id()
  clientId: string;

  @Choice(ACCOUNT_FORMS, { description: 'whether the client wrote it or said it' })
  how: (typeof ACCOUNT_FORMS)[number];

  @Text({ max: 20_000, description: 'in the words of the client; nobody can change it' })
  account: string;
}

export class RepairCrossingBody extends OneCrossingBody {
  @Text({ max: 8000, description: 'what was done, and how the client took it' })
  repair: string;
}

export class EscalateCrossingBody extends OneCrossingBody {
  @Choice(ESCALATED_TO)
  to: EscalatedTo;

  @Id({ optional: true, description: 'needed for supervisor and practice_owner' })
  staffId?: string;

  @Text({ optional: true, description: 'whoever it goes to outside of the practice' })
  recipient?: string;

  @Text({ optional: true, max: 8000 })
  grounds?: string;
}
