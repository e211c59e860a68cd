import { UNIT_KINDS } from '#libs/client';
import {
  Choice,
  Choices,
  CommandBody,
  CreateBody,
  Day,
  Flag,
  Id,
  Ids,
  malformed,
  Moment,
  Part,
  Parts,
  Text,
  Texts,
  Whole,
} from '#libs/http';
import { type Format, FORMATS } from '#libs/practice';
import {
  ADVOCACIES,
  ALLEGIANCES,
  CHALLENGE_STYLES,
  CHALLENGE_WILLINGNESSES,
  DIMENSIONS,
  INFORMATION_SOURCES,
  INFORMED_BY_CODES,
  PARTIALITIES,
  PERSPECTIVE_VIEWS,
  RECIPROCITY_FOCUSES,
  SELF_DISCLOSURE_DEGREES,
  TOPIC_CODES,
  UNCONDITIONALITY_DEGREES,
  UNCONDITIONALITY_KINDS,
  YIELDS_WHEN,
} from '#libs/stance';
import { CHANNELS, DECLINED_BY, type Channel } from './closing.js';
import type { Preferences } from './preferences.js';
import { RISKS, type Redirection, type Screening } from './screening.js';

export class StanceValuePart {
  @Choice(DIMENSIONS)
  dimension: string;

  @Text({ max: 100, example: 'on_invitation' })
  value: string;
}

export class PreferencesPart {
  @Choice(FORMATS, { optional: true })
  format?: Format;

  @Choices(FORMATS, { optional: true })
  excludedFormats?: Format[];

  @Choice(UNIT_KINDS, { optional: true, description: 'individual unless told' })
  unitKind?: Preferences['unitKind'];

  @Texts({ optional: true, max: 20, length: 35, description: 'BCP 47' })
  languages?: string[];

  @Parts(() => StanceValuePart, {
    optional: true,
    description: 'wishes: what the stance should say; ranks, never stands in the way',
    example: [{ dimension: 'challenge', value: 'on_invitation' }],
  })
  stance?: StanceValuePart[];

  @Parts(() => StanceValuePart, {
    optional: true,
    description: 'what the stance must not say',
    example: [{ dimension: 'challenge', value: 'direct' }],
  })
  excludedStance?: StanceValuePart[];

  @Ids({ optional: true, description: 'therapists the client does not want' })
  excludedTherapistIds?: string[];
}

export class ReceiveInquiryBody extends CreateBody {
  @Id({ optional: true, description: 'once the client is registered' })
  clientId?: string;

  @Choice(CHANNELS)
  channel: Channel;

  @Text({ optional: true, max: 5000, description: 'what brings the client; refused before the data notice' })
  concern?: string;

  @Part(() => PreferencesPart, { example: { unitKind: 'individual', format: 'in_person' } })
  preferences: PreferencesPart;

  @Ids({
    optional: true,
    description: 'clients whom this one names as a conflict; whoever treats them is no match',
  })
  conflictsWith?: string[];

  @Flag()
  dataNoticeGiven: boolean;

  @Id({ optional: true, description: 'the closed inquiry this one follows' })
  linkedInquiryId?: string;
}

export class ScreenInquiryBody extends CommandBody {
  @Choice(RISKS)
  risk: Screening['risk'];

  @Flag()
  suitable: boolean;

  @Text({ optional: true, max: 5000, description: 'clinical detail; refused before the data notice' })
  summary?: string;

  @Id({
    optional: true,
    description: 'the caller, a therapist or supervisor, whose review closes a raised or urgent risk',
  })
  reviewedByClinician?: string;

  @Flag({ optional: true, description: 'true once the data notice is given, if it was not at first contact' })
  dataNoticeGiven?: boolean;
}

export class RedirectUrgentlyBody extends CommandBody {
  @Choice(['raised', 'urgent'])
  risk: Redirection['risk'];

  @Text({ max: 500, description: 'where or to whom', example: 'the crisis service of the city' })
  to: string;

  @Texts({ max: 10, length: 200, description: 'who was told', example: ['the crisis service', 'her sister'] })
  told: string[];

  @Text({ max: 1000, description: 'what happens next, and who sees to it' })
  nextStep: string;

  @Text({ optional: true, max: 5000, description: 'clinical detail; refused before the data notice' })
  summary?: string;

  @Day({ optional: true, description: 'when somebody looks again' })
  followUpOn?: string;
}

export class WaitlistInquiryBody extends CommandBody {
  @Text({ max: 100, example: 'no_capacity' })
  reasonCode: string;

  @Whole(1, 365, { description: 'every how many days they are asked whether they still wait' })
  checkInEveryDays: number;

  @Part(() => PreferencesPart, { optional: true, description: 'takes the place of what was asked for' })
  preferences?: PreferencesPart;
}

export class RecordCheckInBody extends CommandBody {
  @Flag()
  stillWaiting: boolean;

  @Day({ optional: true, description: 'after the interval unless told' })
  nextCheckInOn?: string;

  @Text({ optional: true, max: 2000, description: 'what the client said' })
  words?: string;
}

export class MatchTherapistBody extends CommandBody {
  @Id()
  therapistId: string;

  @Texts({
    min: 0,
    max: 20,
    length: 500,
    description: 'why this therapist, in words',
    example: ['Speaks Polish.'],
  })
  reasons: string[];

  @Choice(FORMATS, { optional: true, description: 'the one wished for unless told' })
  format?: Format;

  @Text({ optional: true, max: 2000, description: 'how the client set their own exclusion aside' })
  inClientsOwnWords?: string;
}

export class OfferInquiryBody extends CommandBody {
  @Id()
  therapistId: string;

  @Moment({ optional: true })
  firstSlot?: string;
}

export class AcceptInquiryBody extends CommandBody {
  @Id()
  clientId: string;

  @Id()
  therapistId: string;
}

export class DeclineInquiryBody extends CommandBody {
  @Text({ max: 100, example: 'no_capacity' })
  reasonCode: string;

  @Text({
    max: 1000,
    description: 'what the client can do next',
    example: 'Ask at the Rosenhof, 030 1234567.',
  })
  nextStep: string;

  @Choice(DECLINED_BY)
  by: (typeof DECLINED_BY)[number];
}

export class ReferInquiryBody extends CommandBody {
  @Text({ max: 500, description: 'to whom' })
  to: string;

  @Text({ max: 100, example: 'needs_inpatient_care' })
  reasonCode: string;

  @Texts({ min: 0, max: 20, length: 200, description: 'what was passed on', example: ['a letter'] })
  handedOver: string[];
}

export class WithdrawInquiryBody extends CommandBody {
  @Choice(CHANNELS)
  channel: Channel;

  @Text({ optional: true, max: 2000, description: 'what the client said; no reason is needed' })
  words?: string;
}

/** Words of the dimensions whose answers are a closed list: a wrong one would exclude nobody, unnoticed. */
const KNOWN: Record<string, readonly string[]> = {
  partiality: PARTIALITIES,
  allegiance: [...ALLEGIANCES, ...YIELDS_WHEN],
  informationSources: INFORMATION_SOURCES,
  perspective: [...PERSPECTIVE_VIEWS, ...INFORMED_BY_CODES],
  reciprocity: RECIPROCITY_FOCUSES,
  selfDisclosure: [...SELF_DISCLOSURE_DEGREES, ...TOPIC_CODES],
  unconditionality: [...UNCONDITIONALITY_KINDS, ...UNCONDITIONALITY_DEGREES],
  challenge: [...CHALLENGE_WILLINGNESSES, ...CHALLENGE_STYLES],
  advocacy: ADVOCACIES,
};

/** @throws DomainError `malformed` that names each value no stance can have */
export function checkPreferences({ stance = [], excludedStance = [] }: PreferencesPart): void {
  const wrong = (values: readonly StanceValuePart[], name: string) =>
    values.flatMap(({ dimension, value }, index) => {
      const known = KNOWN[dimension];
      return !known || known.includes(value)
        ? []
        : [
            {
              pointer: `/preferences/${name}/${index}/value`,
              code: 'not_a_choice',
              detail: `Send one of ${known.join(', ')}.`,
            },
          ];
    });
  const errors = [...wrong(stance, 'stance'), ...wrong(excludedStance, 'excludedStance')];
  if (errors.length > 0) throw malformed(errors);
}
