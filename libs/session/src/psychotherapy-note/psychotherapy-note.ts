import type { CommandContext, Decider, Instant, Reason, Recorded } from '#libs/kernel';
import { conflict, missing, reasonIf, refuseIfAny, unreachable } from '#libs/kernel';
import { beginReasons, type Meeting } from '../note/meeting.js';

// events

type About = { sessionId: string; relationshipId: string };
/** Everyone of the session has authorized it, each for themself: one consent per client. */
export type PsychotherapyNoteEvent =
  | { type: 'PsychotherapyNoteWritten'; data: About & { clientIds: string[]; words: string } }
  | {
      type: 'PsychotherapyNoteReleased';
      data: About & { to: string; authorizationConsentIds: string[] };
    };

// state

export type Release = { to: string; authorizationConsentIds: string[]; at: Instant };
export type PsychotherapyNote =
  | { situation: 'none' }
  | (About & {
      situation: 'written';
      clientIds: string[];
      authorId: string;
      words: string;
      writtenAt: Instant;
      releases: Release[];
    });

// evolve

function evolve(state: PsychotherapyNote, event: Recorded<PsychotherapyNoteEvent>): PsychotherapyNote {
  const { occurredAt: at } = event;
  switch (event.type) {
    case 'PsychotherapyNoteWritten':
      return {
        situation: 'written',
        ...event.data,
        authorId: event.actor.id,
        writtenAt: at,
        releases: [],
      };
    case 'PsychotherapyNoteReleased': {
      if (state.situation === 'none') throw new Error('what was never written cannot be released');
      const { to, authorizationConsentIds } = event.data;
      return { ...state, releases: [...state.releases, { to, authorizationConsentIds, at }] };
    }
    default:
      return unreachable(event);
  }
}

// commands

/** `reasons`: why this client's consent does not let it be released; none when it does. */
export type AuthorizationFound = { consentId: string; reasons: Reason[] };

export type PsychotherapyNoteCommand =
  | { type: 'WritePsychotherapyNote'; words: string; meeting: Meeting }
  | { type: 'ReleasePsychotherapyNote'; to: string; authorizations: AuthorizationFound[] };

// decide

function decide(
  state: PsychotherapyNote,
  command: PsychotherapyNoteCommand,
  { actor, occurredAt }: CommandContext,
): PsychotherapyNoteEvent[] {
  switch (command.type) {
    case 'WritePsychotherapyNote': {
      const { words, meeting } = command;
      const { sessionId, relationshipId, clientIds } = meeting;
      if (state.situation !== 'none') {
        if (state.authorId === actor.id && state.sessionId === sessionId && state.words === words) return [];
        conflict('already_written', 'This note is written already. Write the other one under its own id.');
      }
      refuseIfAny([
        ...beginReasons(meeting, occurredAt),
        ...reasonIf(!words.trim(), 'words_missing', 'Write what you want to keep.'),
      ]);
      const data = { sessionId, relationshipId, clientIds, words };
      return [{ type: 'PsychotherapyNoteWritten', data }];
    }
    case 'ReleasePsychotherapyNote': {
      // to everybody but its author it looks as if it did not exist
      if (state.situation === 'none' || state.authorId !== actor.id) return missing('psychotherapy note');
      const { to, authorizations } = command;
      if (state.releases.some((release) => release.to === to && release.at === occurredAt)) return [];
      refuseIfAny([
        ...authorizations.flatMap(({ reasons }) => reasons),
        ...reasonIf(!to.trim(), 'recipient_missing', 'Say to whom it is released.'),
        ...reasonIf(
          occurredAt < state.writtenAt,
          'before_it_was_written',
          `It was written at ${state.writtenAt}. Give a time that is not before it.`,
        ),
      ]);
      const { sessionId, relationshipId } = state;
      const authorizationConsentIds = authorizations.map(({ consentId }) => consentId);
      const data = { sessionId, relationshipId, to, authorizationConsentIds };
      return [{ type: 'PsychotherapyNoteReleased', data }];
    }
    default:
      return unreachable(command);
  }
}

/** What a therapist writes down for themself about a session, apart from the record and read by nobody else. */
export const psychotherapyNote: Decider<PsychotherapyNote, PsychotherapyNoteEvent, PsychotherapyNoteCommand> =
  {
    category: 'psynote',
    events: {
      PsychotherapyNoteWritten: { schema: 1, personal: ['words'] },
      PsychotherapyNoteReleased: { schema: 1, personal: ['to'] },
    },
    initial: { situation: 'none' },
    evolve,
    decide,
    subjects: (state) => (state.situation === 'none' ? [] : state.clientIds),
    keptApart: true,
  };
