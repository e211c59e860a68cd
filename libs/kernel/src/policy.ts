import { ROLES, type Role } from './roles.js';

/**
 * How far a role reaches. `all`: the whole practice · `own`: whom they treat or stand in for, and what is theirs · `supervisees`:
 * whom those treat whom they supervise · `author`: what they wrote themselves · `unmatched`: inquiries that no therapist has
 * been matched to · `break_glass`: one client, for a while, with a reason that somebody looks at afterwards
 */
export const REACHES = ['all', 'own', 'supervisees', 'author', 'unmatched', 'break_glass'] as const;
export type Reach = (typeof REACHES)[number];
export type Cell = 'none' | Reach | readonly Reach[];

/** The cells of a row, in the order of ROLES. */
type Row = readonly [owner: Cell, coordinator: Cell, therapist: Cell, supervisor: Cell, auditor: Cell];

const ALL = 'all';
const NONE = 'none';
const OWN = 'own';
const THEIRS = 'supervisees';
/** Reading in an emergency; nobody writes that way. */
const OWN_OR_GLASS = ['own', 'break_glass'] as const;
const THEIRS_OR_GLASS = ['supervisees', 'break_glass'] as const;
const OWN_WORDS = ['own', 'author', 'unmatched', 'break_glass'] as const;
const THEIR_WORDS = ['supervisees', 'author', 'unmatched', 'break_glass'] as const;
const OWN_NOTES = ['own', 'author', 'break_glass'] as const;
const THEIR_NOTES = ['supervisees', 'author', 'break_glass'] as const;
const OWN_INQUIRIES = ['own', 'unmatched', 'break_glass'] as const;
const THEIR_INQUIRIES = ['supervisees', 'unmatched', 'break_glass'] as const;
const OWN_OR_NOBODYS = ['own', 'unmatched'] as const;
const THEIRS_OR_NOBODYS = ['supervisees', 'unmatched'] as const;

/**
 * Who may do what: one row per resource and act. There is no other place: guards, the descriptions in the OpenAPI document,
 * the table in libs/identity/README.md and the tests are made from this.
 *
 * Coordinators never see clinical text nor crossings. Owners run the practice and see where it stands, but no clinical text.
 * Auditors see what was done and when; what was said only by break-glass. Therapists and supervisors see those in their care.
 * Rows that end in `:see` are of no route: they say whose answers hold what they name, and whose leave it out.
 */
const TABLE = {
  'identity:see': [ALL, ALL, OWN_OR_GLASS, THEIRS_OR_GLASS, NONE],
  'clinical_text:see': [NONE, NONE, OWN_WORDS, THEIR_WORDS, 'break_glass'],
  'observation:see': [ALL, NONE, OWN_OR_GLASS, THEIRS_OR_GLASS, ALL],

  'practice:read': [ALL, ALL, ALL, ALL, ALL],
  'practice:set_policy': [ALL, NONE, NONE, NONE, NONE],
  'staff:read': [ALL, ALL, ALL, ALL, ALL],
  'staff:administer': [ALL, NONE, NONE, NONE, NONE],
  // who gets in, and as what
  'staff:give_access': [ALL, NONE, NONE, NONE, NONE],
  'staff:keep_time': [ALL, ALL, OWN, OWN, NONE],
  // one's own sessions and tokens
  'account:keep': [ALL, ALL, ALL, ALL, ALL],
  'account:issue_token': [ALL, ALL, ALL, ALL, ALL],
  'sign_in:read': [ALL, NONE, NONE, NONE, ALL],
  'room:read': [ALL, ALL, ALL, ALL, ALL],
  'room:write': [ALL, ALL, NONE, NONE, NONE],
  'stance:read': [ALL, ALL, ALL, ALL, ALL],
  'stance:write': [NONE, NONE, OWN, NONE, NONE],
  'stance:retire': [ALL, NONE, OWN, NONE, NONE],
  'document:read': [ALL, ALL, ALL, ALL, ALL],
  'document:write': [ALL, ALL, NONE, NONE, NONE],
  'document:publish': [ALL, NONE, NONE, NONE, NONE],
  'rule_pack:read': [ALL, ALL, ALL, ALL, ALL],
  'rule_pack:publish': [ALL, NONE, NONE, NONE, NONE],

  'client:read': [ALL, ALL, OWN_OR_GLASS, THEIRS_OR_GLASS, ALL],
  'client:write': [ALL, ALL, NONE, NONE, NONE],
  'client:merge': [ALL, ALL, NONE, NONE, NONE],
  'client:record_guardian': [ALL, ALL, OWN, THEIRS, NONE],
  'client:assess_capacity': [NONE, NONE, OWN, THEIRS, NONE],
  'unit:read': [ALL, ALL, OWN_OR_GLASS, THEIRS_OR_GLASS, ALL],
  'unit:write': [ALL, ALL, NONE, NONE, NONE],

  'inquiry:read': [ALL, ALL, OWN_INQUIRIES, THEIR_INQUIRIES, ALL],
  'inquiry:receive': [ALL, ALL, NONE, NONE, NONE],
  // a clinician reviews a risk before anybody is matched
  'inquiry:screen': [ALL, ALL, OWN_OR_NOBODYS, THEIRS_OR_NOBODYS, NONE],
  'inquiry:match': [ALL, ALL, OWN_OR_NOBODYS, NONE, NONE],
  'inquiry:suggest': [ALL, ALL, OWN_OR_NOBODYS, THEIRS_OR_NOBODYS, NONE],
  'inquiry:decide': [ALL, ALL, NONE, NONE, NONE],
  'inquiry:withdraw': [ALL, ALL, OWN_OR_NOBODYS, THEIRS_OR_NOBODYS, NONE],

  'relationship:read': [ALL, ALL, OWN_OR_GLASS, THEIRS_OR_GLASS, ALL],
  'relationship:open': [ALL, ALL, NONE, NONE, NONE],
  'relationship:reassign': [ALL, ALL, NONE, NONE, NONE],
  'relationship:change': [ALL, ALL, OWN, NONE, NONE],

  'consent:read': [ALL, ALL, OWN_OR_GLASS, THEIRS_OR_GLASS, ALL],
  'consent:read_receipt': [ALL, ALL, OWN_OR_GLASS, THEIRS_OR_GLASS, NONE],
  'consent:seek': [ALL, ALL, OWN, THEIRS, NONE],
  'consent:assess': [NONE, NONE, OWN, THEIRS, NONE],
  // whoever the client tells enters it at once: nobody may refuse a withdrawal
  'consent:withdraw': [ALL, ALL, ALL, ALL, NONE],
  // a second clinician answers for it, who never treated this client in the relationship
  'consent:mark_in_error': [ALL, ALL, ALL, ALL, NONE],
  'disclosure:read': [ALL, ALL, OWN_OR_GLASS, THEIRS_OR_GLASS, ALL],
  'disclosure:request': [ALL, ALL, OWN, THEIRS, NONE],
  'disclosure:decide': [ALL, NONE, OWN, THEIRS, NONE],

  'boundary:read': [ALL, ALL, OWN_OR_GLASS, THEIRS_OR_GLASS, ALL],
  'boundary:write': [NONE, NONE, OWN, THEIRS, NONE],
  'crossing:read': [ALL, NONE, OWN_OR_GLASS, THEIRS_OR_GLASS, ALL],
  'crossing:write': [NONE, NONE, OWN, THEIRS, NONE],
  // where there is no supervisor, or it came to them, the owner judges what was told to them
  'crossing:assess': [ALL, NONE, OWN, THEIRS, NONE],

  'session:read': [ALL, ALL, OWN_OR_GLASS, THEIRS_OR_GLASS, ALL],
  'session:readiness': [ALL, ALL, OWN, THEIRS, NONE],
  'session:plan': [ALL, ALL, OWN, THEIRS, NONE],
  'session:hold': [NONE, NONE, OWN, THEIRS, NONE],
  'session:withdraw_consent': [ALL, ALL, ALL, ALL, NONE],
  'session:mark_in_error': [ALL, ALL, OWN, THEIRS, NONE],

  'note:read': [ALL, NONE, OWN_NOTES, THEIR_NOTES, ALL],
  'note:write': [NONE, NONE, OWN, THEIRS, NONE],
  'note:sign': [NONE, NONE, 'author', 'author', NONE],
  'note:amend': [NONE, NONE, ['own', 'author'], ['supervisees', 'author'], NONE],
  'note:cosign': [NONE, NONE, NONE, THEIRS, NONE],
  'psychotherapy_note:read': [NONE, NONE, 'author', 'author', NONE],
  'psychotherapy_note:write': [NONE, NONE, OWN, THEIRS, NONE],
  'psychotherapy_note:release': [NONE, NONE, 'author', 'author', NONE],

  'break_glass:open': [NONE, NONE, ALL, ALL, ALL],
  'break_glass:close': [ALL, NONE, 'author', 'author', 'author'],
  'break_glass:review': [ALL, NONE, NONE, ALL, NONE],
  'break_glass:read': [ALL, NONE, 'author', ALL, ALL],
  'access_log:read': [ALL, NONE, OWN, NONE, ALL],
  'access_log:judge': [ALL, NONE, NONE, NONE, ALL],
  'decision:read': [ALL, NONE, NONE, THEIRS, ALL],

  'retention:read': [ALL, ALL, OWN, THEIRS, ALL],
  'legal_hold:read': [ALL, NONE, NONE, ALL, ALL],
  'legal_hold:place': [ALL, NONE, NONE, NONE, NONE],
  'legal_hold:lift': [ALL, NONE, NONE, NONE, NONE],
  'erasure:read': [ALL, NONE, NONE, ALL, ALL],
  'erasure:request': [ALL, NONE, NONE, NONE, NONE],
  'erasure:decide': [ALL, NONE, NONE, ALL, NONE],
  // the second person, who may be one that otherwise only looks
  'erasure:execute': [ALL, NONE, NONE, ALL, ALL],

  'timeline:read': [ALL, NONE, OWN_OR_GLASS, THEIRS_OR_GLASS, ALL],
  'history:read': [ALL, NONE, NONE, NONE, ALL],
  'finding:read': [ALL, NONE, NONE, NONE, ALL],
  'proof:read': [ALL, NONE, NONE, NONE, ALL],
  'projection:read': [ALL, NONE, NONE, NONE, ALL],
} as const satisfies Readonly<Record<string, Row>>;

/** A row of the table: `note:sign`. */
export type Act = keyof typeof TABLE;
export const POLICY: Readonly<Record<Act, Row>> = TABLE;
export const ACTS = Object.keys(TABLE) as Act[];

/** Whoever does not reach these is not told that they are there. */
export const UNSEEN: ReadonlySet<Act> = new Set(['psychotherapy_note:read', 'psychotherapy_note:release']);

/** With a session, only by somebody who has just signed in: what a browser left open would be worst used for. */
export const FRESH: ReadonlySet<Act> = new Set([
  'staff:give_access',
  'account:issue_token',
  'break_glass:open',
  'erasure:execute',
]);

/** How far some roles reach together; nowhere when none of them may. */
export const reachOf = (act: Act, roles: readonly string[]): ReadonlySet<Reach> =>
  new Set(
    ROLES.flatMap((role, column) => {
      const cell = roles.includes(role) ? POLICY[act][column]! : 'none';
      return typeof cell === 'object' ? cell : cell === 'none' ? [] : [cell];
    }),
  );

/** The roles that reach anything at all. */
export const rolesFor = (act: Act): Role[] => ROLES.filter((role) => reachOf(act, [role]).size > 0);

const IN_WORDS: Readonly<Record<Reach, string>> = {
  all: 'all',
  own: 'their own',
  supervisees: 'their supervisees’',
  author: 'by themselves',
  unmatched: 'not matched yet',
  break_glass: 'break-glass',
};

/** How far one role reaches, in words: `their own, break-glass`. */
export const inWords = (act: Act, role: Role): string =>
  [...reachOf(act, [role])].map((reach) => IN_WORDS[reach]).join(', ');

/** Who may, in words: `owner, coordinator, therapist (their own)`. */
export const whoMay = (act: Act): string =>
  rolesFor(act)
    .map((role) => (reachOf(act, [role]).has('all') ? role : `${role} (${inWords(act, role)})`))
    .join(', ');
