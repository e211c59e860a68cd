import type { Instant, LocalDate, Reason } from '#libs/kernel';
import { reasonIf } from '#libs/kernel';

export const CREDENTIAL_KINDS = [
  'licence',
  'registration',
  'accreditation',
  'degree',
  'training',
  'insurance',
  'trainee',
] as const;

/**
 * What entitles somebody to their work; `trainee`: they work under a supervisor who cosigns their notes. Both days are
 * whole, in the practice's zone; without them it holds from ever, or until told otherwise.
 */
export type Credential = {
  kind: (typeof CREDENTIAL_KINDS)[number];
  title: string;
  number?: string;
  issuer?: string;
  validFrom?: LocalDate;
  validTo?: LocalDate;
};

/** `to` is missing while it lasts; that moment itself no longer counts. */
export type Supervision = { supervisorId: string; from: Instant; to?: Instant };

/** What the handler found about the staff member who is to supervise. */
export type SupervisorFacts = { isSupervisor: boolean; active: boolean };

/** Whether somebody was a trainee on a local date: their notes are final only once cosigned. */
export const isTraineeOn = (credentials: readonly Credential[], date: LocalDate): boolean =>
  credentials.some(
    ({ kind, validFrom, validTo }) =>
      kind === 'trainee' &&
      (validFrom === undefined || validFrom <= date) &&
      (validTo === undefined || date <= validTo),
  );

/** Who supervised at an instant. */
export const supervisorsAt = (supervisions: readonly Supervision[], at: Instant): string[] =>
  supervisions
    .filter(({ from, to }) => from <= at && (to === undefined || at < to))
    .map(({ supervisorId }) => supervisorId);

/** One of a kind and title: recorded again, the newer entry takes the place of the older one. */
export const withCredential = (credentials: readonly Credential[], one: Credential): Credential[] => [
  ...credentials.filter(({ kind, title }) => kind !== one.kind || title !== one.title),
  one,
];

export const credentialReasons = (
  { kind, title, validFrom, validTo }: Credential,
  own: boolean,
): Reason[] => [
  ...reasonIf(!title.trim(), 'title_missing', 'Give the title of the credential as it is written on it.'),
  ...reasonIf(
    validFrom !== undefined && validTo !== undefined && validTo < validFrom,
    'credential_ends_before_it_begins',
    `It would hold until ${validTo}, before it begins on ${validFrom}. Swap or correct the dates.`,
  ),
  ...reasonIf(
    own && kind === 'trainee',
    'own_traineeship',
    'Nobody decides about their own time as a trainee. Ask another owner.',
  ),
];

/** @param staffId who is to be supervised */
export const supervisorReasons = (
  staffId: string,
  supervisorId: string,
  { isSupervisor, active }: SupervisorFacts,
): Reason[] => [
  ...reasonIf(
    supervisorId === staffId,
    'supervises_themself',
    'Nobody supervises themself. Choose somebody else.',
  ),
  ...reasonIf(
    !isSupervisor,
    'not_a_supervisor',
    'This staff member has not the role supervisor. Choose one who has, or give them the role first.',
  ),
  ...reasonIf(!active, 'supervisor_deactivated', 'This supervisor is deactivated. Choose one who is active.'),
];
