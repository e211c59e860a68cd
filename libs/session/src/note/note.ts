import type { CommandContext, Decider, Instant, Reason, Recorded } from '#libs/kernel';
import { conflict, deriveId, missing, reasonIf, refuseIfAny, unreachable } from '#libs/kernel';
import { beginReasons, isLate, overReasons, type Meeting } from './meeting.js';
import { draftReasons, hashOfAmendment, hashOfText, sameText, unfinishedReasons } from './text.js';
import type { NoteText } from './text.js';

// events

export const AMENDMENT_KINDS = ['correction', 'addition', 'client_request'] as const;
export type AmendmentKind = (typeof AMENDMENT_KINDS)[number];

type About = { sessionId: string; relationshipId: string };

/**
 * `late`: more than the practice's `lateEntryHours` after the session. `cosignNeeded`: a trainee wrote it. A cosignature
 * covers the signed text and the first `amendments` amendments.
 */
export type NoteEvent =
  | {
      type: 'NoteDrafted';
      data: About & { clientIds: string[]; versionNo: number; late: boolean } & NoteText;
    }
  | {
      type: 'NoteSigned';
      data: About & { versionNo: number; contentHash: string; cosignNeeded: boolean; late: boolean };
    }
  | { type: 'NoteCosigned'; data: About & { contentHash: string; amendments: number } }
  | {
      type: 'NoteAmended';
      data: About & {
        no: number;
        kind: AmendmentKind;
        words: string;
        contentHash: string;
        cosignNeeded: boolean;
      };
    };

// state

export type Draft = NoteText & { versionNo: number; at: Instant };
export type Signature = { by: string; at: Instant; contentHash: string };
export type Amendment = Signature & { no: number; kind: AmendmentKind; words: string };

/** The first version's author is the note's. `last` is the last moment of which anything is recorded. */
type Written = About & {
  clientIds: string[];
  authorId: string;
  versions: Draft[];
  late: boolean;
  last: Instant;
};

/** `awaiting`: the trainees whose words nobody has cosigned yet; the note is final when there are none. */
export type Note =
  | { situation: 'none' }
  | ({ situation: 'draft' } & Written)
  | ({
      situation: 'signed';
      signed: Signature & { versionNo: number };
      cosigned: Signature[];
      amendments: Amendment[];
      awaiting: string[];
    } & Written);
type Existing = Exclude<Note, { situation: 'none' }>;
type Signed = Extract<Note, { situation: 'signed' }>;

const newest = ({ versions }: Written): Draft => versions.at(-1)!;

// evolve

function evolve(state: Note, event: Recorded<NoteEvent>): Note {
  const { occurredAt: at, actor } = event;
  if (event.type === 'NoteDrafted') {
    const { versionNo, format, sections, late, ...about } = event.data;
    const version = { versionNo, format, sections, at };
    return state.situation === 'none'
      ? { situation: 'draft', ...about, authorId: actor.id, versions: [version], late, last: at }
      : { ...state, versions: [...state.versions, version], last: at };
  }
  if (state.situation === 'none') throw new Error('a note stream begins with NoteDrafted');
  if (event.type === 'NoteSigned') {
    const { versionNo, contentHash, cosignNeeded, late } = event.data;
    const signed = { by: actor.id, at, contentHash, versionNo };
    const awaiting = cosignNeeded ? [actor.id] : [];
    const more = { signed, cosigned: [], amendments: [], awaiting, late: state.late || late, last: at };
    return { ...state, situation: 'signed', ...more };
  }
  if (state.situation === 'draft') throw new Error(`${event.type} follows NoteSigned`);
  const last = at > state.last ? at : state.last;
  switch (event.type) {
    case 'NoteCosigned': {
      const cosigned = [...state.cosigned, { by: actor.id, at, contentHash: event.data.contentHash }];
      return { ...state, cosigned, awaiting: [], last };
    }
    case 'NoteAmended': {
      const { no, kind, words, contentHash, cosignNeeded } = event.data;
      const amendments = [...state.amendments, { no, kind, words, contentHash, by: actor.id, at }];
      const awaiting = cosignNeeded ? [...new Set([...state.awaiting, actor.id])] : state.awaiting;
      return { ...state, amendments, awaiting, last };
    }
    default:
      return unreachable(event);
  }
}

// commands

/**
 * `trainee`: whoever writes was one on the day of the session or is one now. `supervises`: the caller supervises
 * everyone whose words await a cosignature. `mayAmend`: the caller wrote it, supervises its author, or has the client now.
 */
export type NoteCommand =
  | ({ type: 'DraftNote'; meeting: Meeting } & NoteText)
  | ({ type: 'ReviseNote' } & NoteText)
  | { type: 'SignNote'; meeting: Meeting; trainee: boolean }
  | { type: 'CosignNote'; supervises: boolean }
  | { type: 'AmendNote'; kind: AmendmentKind; words: string; mayAmend: boolean; trainee: boolean };
type CommandOf<Type extends NoteCommand['type']> = Extract<NoteCommand, { type: Type }>;

// decide

function decide(state: Note, command: NoteCommand, context: CommandContext): NoteEvent[] {
  if (command.type === 'DraftNote') return draft(state, command, context);
  if (state.situation === 'none') return missing('note');
  switch (command.type) {
    case 'ReviseNote': {
      const { format, sections } = command;
      refuseIfAny(authorReasons(state, context));
      if (state.situation === 'signed')
        return conflict('note_signed', 'A signed note is never edited. Amend it: the original stays.');
      if (sameText(newest(state), command)) return [];
      refuseIfAny([...draftReasons(command), ...orderReasons(state, context)]);
      const { clientIds, late } = state;
      const versionNo = newest(state).versionNo + 1;
      const data = { ...aboutOf(state), clientIds, versionNo, late, format, sections };
      return [{ type: 'NoteDrafted', data }];
    }
    case 'SignNote':
      return sign(state, command, context);
    case 'CosignNote':
      return cosign(signedOnly(state), command, context);
    case 'AmendNote':
      return amend(signedOnly(state), command, context);
    default:
      return unreachable(command);
  }
}

function draft(state: Note, command: CommandOf<'DraftNote'>, context: CommandContext): NoteEvent[] {
  const { meeting, format, sections } = command;
  if (state.situation !== 'none') {
    if (sameText(newest(state), command)) return [];
    return conflict(
      'already_drafted',
      'You have a note about this session. Revise it; once it is signed, amend it.',
    );
  }
  const late = isLate(meeting, context.occurredAt);
  refuseIfAny([
    ...beginReasons(meeting, context.occurredAt),
    ...draftReasons(command),
    ...lateReasons(late, context),
  ]);
  const { sessionId, relationshipId, clientIds } = meeting;
  return [
    {
      type: 'NoteDrafted',
      data: { sessionId, relationshipId, clientIds, versionNo: 1, late, format, sections },
    },
  ];
}

function sign(
  state: Existing,
  { meeting, trainee }: CommandOf<'SignNote'>,
  context: CommandContext,
): NoteEvent[] {
  refuseIfAny(authorReasons(state, context));
  if (state.situation === 'signed') return [];
  const version = newest(state);
  const late = isLate(meeting, context.occurredAt);
  refuseIfAny([
    ...overReasons(meeting, context.occurredAt),
    ...unfinishedReasons(version),
    // one that was begun late has its reason already
    ...lateReasons(late && !state.late, context),
    ...orderReasons(state, context),
  ]);
  const contentHash = hashOfText(state.sessionId, version);
  const { versionNo } = version;
  const data = { ...aboutOf(state), versionNo, contentHash, cosignNeeded: trainee, late };
  return [{ type: 'NoteSigned', data }];
}

function cosign(
  state: Signed,
  { supervises }: CommandOf<'CosignNote'>,
  context: CommandContext,
): NoteEvent[] {
  if (state.awaiting.length === 0) {
    if (state.cosigned.at(-1)?.by === context.actor.id) return [];
    conflict('nothing_to_cosign', 'This note is final: nothing in it waits for a cosignature.');
  }
  refuseIfAny([
    ...reasonIf(
      state.awaiting.includes(context.actor.id),
      'own_note',
      'Nobody cosigns their own words. Ask the assigned supervisor.',
    ),
    ...reasonIf(
      !supervises,
      'not_their_supervisor',
      'Only the supervisor assigned to the author at that time cosigns. Have supervision assigned first.',
    ),
    ...orderReasons(state, context),
  ]);
  const { contentHash } = state.signed;
  const data = { ...aboutOf(state), contentHash, amendments: state.amendments.length };
  return [{ type: 'NoteCosigned', data }];
}

function amend(state: Signed, command: CommandOf<'AmendNote'>, context: CommandContext): NoteEvent[] {
  const { kind, words, mayAmend, trainee } = command;
  const before = state.amendments.at(-1);
  if (before?.by === context.actor.id && before.kind === kind && before.words === words) return [];
  refuseIfAny([
    ...reasonIf(
      !mayAmend,
      'not_yours_to_amend',
      'Its author, their supervisor or the therapist who has the client now amends it. Ask one of them.',
    ),
    ...reasonIf(!words.trim(), 'words_missing', 'Write what is to be added.'),
    ...orderReasons(state, context),
  ]);
  const no = state.amendments.length + 1;
  const contentHash = hashOfAmendment(state.signed.contentHash, no, kind, words);
  const data = { ...aboutOf(state), no, kind, words, contentHash, cosignNeeded: trainee };
  return [{ type: 'NoteAmended', data }];
}

const aboutOf = ({ sessionId, relationshipId }: About): About => ({ sessionId, relationshipId });

function signedOnly(state: Existing): Signed {
  if (state.situation === 'signed') return state;
  return conflict('note_not_signed', 'This note is a draft. Its author revises and signs it first.');
}

const authorReasons = ({ authorId }: Existing, { actor }: CommandContext): Reason[] =>
  reasonIf(actor.id !== authorId, 'not_the_author', 'Only its author revises and signs a note. Ask them.');

const orderReasons = ({ last }: Existing, { occurredAt }: CommandContext): Reason[] =>
  reasonIf(
    occurredAt < last,
    'before_last_entry',
    `This note has an entry for ${last}. Give a time that is not before it.`,
  );

const lateReasons = (late: boolean, { reason }: CommandContext): Reason[] =>
  reasonIf(
    late && !reason?.trim(),
    'late_note_needs_reason',
    'The session was long ago. Add a "reason" why the note comes only now.',
  );

/** One note per session and author: its id follows from them, so it cannot be begun twice. */
export const noteIdOf = (practiceId: string, sessionId: string, authorId: string): string =>
  deriveId('note', practiceId, sessionId, authorId);

/** A progress note: drafted, revised and signed by its author, cosigned for a trainee, and from then on only amended. */
export const note: Decider<Note, NoteEvent, NoteCommand> = {
  category: 'note',
  events: {
    NoteDrafted: { schema: 1, personal: ['sections'] },
    NoteSigned: { schema: 1, personal: [] },
    NoteCosigned: { schema: 1, personal: [] },
    NoteAmended: { schema: 1, personal: ['words'] },
  },
  initial: { situation: 'none' },
  evolve,
  decide,
  subjects: (state) => (state.situation === 'none' ? [] : state.clientIds),
};
