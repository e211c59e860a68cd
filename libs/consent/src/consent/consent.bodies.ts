import {
  Choice,
  Choices,
  CommandBody,
  Day,
  Flag,
  Id,
  Moment,
  Part,
  Parts,
  Text,
  Texts,
  Whole,
} from '#libs/http';
import { ELEMENTS, PURPOSES, type Element, type Purpose } from '../rule-pack/elements.js';
import {
  CHANNELS,
  COMPREHENSION_METHODS,
  EMERGENCY_BASES,
  type EmergencyBasis,
  HOW_DISCLOSED,
  PRESSURES,
  SIGNATURE_METHODS,
  type Authority,
  type Cosignature,
  type Signature,
} from './consent.js';

const BY = ['self', 'substitute'] as const;

class DocumentVersionRef {
  @Id()
  documentId: string;

  @Whole(1, 100_000)
  versionNo: number;
}

/** Its id follows from relationship, client and purpose: there is one consent for each. */
export class OfferBody extends CommandBody {
  @Id()
  relationshipId: string;

  @Id()
  clientId: string;

  @Choice(PURPOSES)
  purpose: Purpose;

  @Parts(() => DocumentVersionRef, { max: 20 })
  documents: DocumentVersionRef[];

  @Text({ max: 35, description: 'BCP 47 tag of the language it is talked about in', example: 'en' })
  language: string;

  @Choice(CHANNELS)
  channel: string;
}

export class DiscloseBody extends CommandBody {
  @Choices(ELEMENTS, { max: ELEMENTS.length })
  elements: Element[];

  @Choice(HOW_DISCLOSED)
  how: string;
}

export class RaiseQuestionBody extends CommandBody {
  @Text({ max: 2000, description: "the client's words" })
  question: string;
}

export class AnswerQuestionBody extends CommandBody {
  @Id()
  questionId: string;

  @Text({ max: 4000 })
  answer: string;
}

class Capacity {
  @Flag({ description: 'the person can make this decision; attested by whoever talked with them' })
  attested: boolean;

  @Text({ optional: true, max: 1000 })
  basis?: string;
}

export class ComprehensionBody extends CommandBody {
  @Choice(COMPREHENSION_METHODS)
  method: string;

  @Flag()
  understood: boolean;

  @Part(() => Capacity)
  capacity: Capacity;

  @Text({ optional: true })
  interpreter?: string;
}

export class VoluntarinessBody extends CommandBody {
  @Flag()
  voluntary: boolean;

  @Flag({ description: 'by a court or authority; mandated is not the same as involuntary' })
  mandated: boolean;

  @Choices(PRESSURES, { min: 0 })
  pressures: string[];

  @Text({ optional: true, max: 2000 })
  words?: string;
}

export class WordsBody extends CommandBody {
  @Text({ optional: true, max: 2000, description: "the person's own words" })
  words?: string;
}

export class AcknowledgeStanceBody extends CommandBody {
  @Whole(1, 100_000)
  stanceVersionNo: number;

  @Text({ max: 80, description: 'of the text the client read', example: 'sha256:…' })
  contentHash: string;
}

class SignatureBody implements Signature {
  @Choice(SIGNATURE_METHODS)
  method: Signature['method'];

  @Text({ description: 'the name as signed or spoken' })
  signedName: string;

  @Text({ optional: true, description: 'required for verbal_witnessed' })
  witnessedBy?: string;

  @Text({
    optional: true,
    max: 500,
    description: 'where the drawn or scanned signature is kept; required for drawn and paper_scanned',
  })
  image?: string;
}

class AuthorityBody implements Authority {
  @Choice(['guardian', 'legal_representative'])
  kind: Authority['kind'];

  @Id({ optional: true, description: 'the guardian, as recorded for the client: nobody else can consent' })
  guardianId?: string;

  @Text({ optional: true })
  name?: string;

  @Text({ optional: true, max: 500, description: 'what was shown; the document it rests on is on record' })
  reference?: string;
}

class CosignatureBody implements Cosignature {
  @Id()
  guardianId: string;

  @Part(() => SignatureBody)
  signature: SignatureBody;
}

export class GiveBody extends CommandBody {
  @Choice(BY)
  by: 'self' | 'substitute';

  @Part(() => AuthorityBody, {
    optional: true,
    description: 'required when somebody consents for the client',
  })
  authority?: AuthorityBody;

  @Part(() => SignatureBody)
  signature: SignatureBody;

  @Parts(() => CosignatureBody, {
    optional: true,
    max: 4,
    description: 'of guardians who decide only together with the one that authority names',
  })
  cosigned?: CosignatureBody[];

  @Texts({
    optional: true,
    max: 20,
    description:
      'who may be told, by name; required for disclosure_authorization and psychotherapy_note_authorization',
  })
  recipients?: string[];

  @Moment({ optional: true })
  validFrom?: string;

  @Day({ optional: true, description: 'until the end of this local day' })
  expiresOn?: string;

  @Day({ optional: true, description: "by the practice's review interval unless told" })
  reviewOn?: string;
}

export class DeclineBody extends WordsBody {
  @Choice(BY)
  by: 'self' | 'substitute';
}

class ScopeBody {
  @Choice(['all', 'purpose', 'element', 'recipient'])
  kind: 'all' | 'purpose' | 'element' | 'recipient';

  @Choice(ELEMENTS, { optional: true })
  element?: Element;

  @Text({ optional: true })
  recipient?: string;
}

export class WithdrawBody extends CommandBody {
  @Choice(BY)
  by: 'self' | 'substitute';

  @Choice(CHANNELS)
  channel: string;

  @Part(() => ScopeBody, { optional: true, description: 'this purpose unless told' })
  scope?: ScopeBody;
}

export class ReviewBody extends CommandBody {
  @Day({ optional: true, description: "the next review; by the practice's interval unless told" })
  reviewOn?: string;
}

export class DeferBody extends CommandBody {
  @Choice(EMERGENCY_BASES)
  basis: EmergencyBasis;
}

export class FollowUpBody extends CommandBody {
  @Text({ max: 2000, description: 'what came of it' })
  outcome: string;
}

export class MarkInErrorBody extends CommandBody {
  @Id()
  correctsEventId: string;

  @Choice(['client', 'clinician'], {
    description:
      'who asks; a no of the client is marked only by a clinician who neither entered it nor ever treated them here',
  })
  requestedBy: 'client' | 'clinician';
}
