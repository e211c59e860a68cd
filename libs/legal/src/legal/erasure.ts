import { conflict, type CommandContext, type Reason, reasonIf, refuseIfAny, same } from '#libs/kernel';
import { obstacles, type Circumstances } from './obstacles.js';

export const ASKED_BY = ['client', 'guardian', 'authority'] as const;
export const DECISIONS = ['approved', 'refused'] as const;

/** `asker` is who exactly, where it is not the client. `clientId` of somebody who is no client: that of their inquiry. */
export type Asking = { clientId: string; askedBy: (typeof ASKED_BY)[number]; asker?: string };

/** The keys of one record: what they are for, and which versions there were of each. */
export type DestroyedKeys = {
  clientId: string;
  kinds: readonly string[];
  versions: Readonly<Record<string, readonly number[]>>;
};

/** `standing` are the codes of all that stood against it; the words of a decision are the `reason` of its event. */
export type ErasureEvent =
  | { type: 'ErasureRequested'; data: Asking }
  | {
      type: 'ErasureDecided';
      data: { clientId: string; decision: (typeof DECISIONS)[number]; standing: string[] };
    }
  /** one for each record of the person, and each inquiry with keys of its own: said before it is done */
  | { type: 'SubjectKeyDestroyed'; data: DestroyedKeys };

/** Who asked is told by `asking`; the other three are staff. */
export type Erasure = { kind: 'erasure'; clientId: string; asking: Asking; requestedBy: string } & (
  | { situation: 'requested' }
  | { situation: 'refused' | 'approved'; decidedBy: string }
  | { situation: 'executed'; decidedBy: string; executedBy: string; records: readonly string[] }
);

/**
 * `alsoAsked`: erasures of the same person that are not over. `mergedInto`: the record that is kept instead. `keys`: of
 * every record of the person.
 */
export type ErasureCommand =
  | ({ type: 'RequestErasure'; alsoAsked: readonly string[]; mergedInto?: string; erased: boolean } & Asking)
  | { type: 'DecideErasure'; decision: (typeof DECISIONS)[number]; circumstances: Circumstances }
  | {
      type: 'ExecuteErasure';
      circumstances: Circumstances;
      keys: readonly DestroyedKeys[];
    };
type Of<Type extends ErasureCommand['type']> = Omit<Extract<ErasureCommand, { type: Type }>, 'type'>;

export const erasureAfter = (asking: Asking, requestedBy: string): Erasure => ({
  kind: 'erasure',
  situation: 'requested',
  clientId: asking.clientId,
  asking,
  requestedBy,
});

export function evolveErasure(
  state: Erasure,
  event: Exclude<ErasureEvent, { type: 'ErasureRequested' }>,
  by: string,
): Erasure {
  const { kind, clientId, asking, requestedBy } = state;
  const known = { kind, clientId, asking, requestedBy } as const;
  switch (event.type) {
    case 'ErasureDecided':
      return { ...known, situation: event.data.decision, decidedBy: by };
    case 'SubjectKeyDestroyed': {
      const records = 'records' in state ? state.records : [];
      const all = [...new Set([...records, event.data.clientId])];
      return { ...known, situation: 'executed', decidedBy: deciderOf(state), executedBy: by, records: all };
    }
  }
}

function deciderOf(state: Erasure): string {
  if (state.situation === 'requested') throw new Error('an erasure is decided before it is executed');
  return state.decidedBy;
}

export function requestErasure(known: Erasure | undefined, command: Of<'RequestErasure'>): ErasureEvent[] {
  const { clientId, askedBy, asker, alsoAsked, mergedInto, erased } = command;
  const asking = { clientId, askedBy, ...(asker === undefined ? {} : { asker }) };
  if (known) {
    if (same(known.asking, asking)) return [];
    conflict('already_requested', 'This erasure is asked for already, otherwise. Ask under another id.');
  }
  refuseIfAny([
    ...reasonIf(erased, 'already_erased', 'This client is erased already.'),
    ...(mergedInto === undefined
      ? []
      : [
          {
            code: 'merged_away',
            detail: `This person is known under ${mergedInto}. Ask there: it covers every record of theirs.`,
            otherId: mergedInto,
          },
        ]),
    ...alsoAsked.map((otherId) => ({
      code: 'already_asked',
      detail: `Erasure ${otherId} of this client is asked for and not over. Go on with that one.`,
      otherId,
    })),
    ...reasonIf(
      askedBy !== 'client' && !asker?.trim(),
      'asker_missing',
      'Say in "asker" which guardian or authority asked.',
    ),
  ]);
  return [{ type: 'ErasureRequested', data: asking }];
}

/** Refusing is always possible, also what was approved and not yet executed. */
export function decideErasure(
  state: Erasure,
  { decision, circumstances }: Of<'DecideErasure'>,
  context: CommandContext,
): ErasureEvent[] {
  if (state.situation === decision && state.decidedBy === context.actor.id) return [];
  if (state.situation !== 'requested' && !(state.situation === 'approved' && decision === 'refused'))
    conflict('already_decided', `This erasure is ${state.situation} already. Read it first.`);
  const standing = obstacles(circumstances);
  if (decision === 'approved') refuseIfAny([...standing, ...treatedReasons(circumstances, context)]);
  else
    refuseIfAny(
      reasonIf(
        standing.length === 0 && !context.reason?.trim(),
        'reason_missing',
        'No rule stands against it. Say in "reason" why it is refused all the same.',
      ),
    );
  const codes = [...new Set(standing.map(({ code }) => code))];
  return [{ type: 'ErasureDecided', data: { clientId: state.clientId, decision, standing: codes } }];
}

/** Judged anew: what was approved weeks ago may be held by a court today. */
export function executeErasure(
  state: Erasure,
  { circumstances, keys }: Of<'ExecuteErasure'>,
  context: CommandContext,
): ErasureEvent[] {
  if (state.situation === 'executed') return [];
  if (state.situation !== 'approved')
    conflict('not_approved', `This erasure is ${state.situation}. Only what is approved is executed.`);
  refuseIfAny([
    ...reasonIf(
      state.decidedBy === context.actor.id,
      'second_person_needed',
      'You approved this erasure yourself. Have another person execute it.',
    ),
    ...obstacles(circumstances),
    ...treatedReasons(circumstances, context),
  ]);
  return keys.map((data) => ({ type: 'SubjectKeyDestroyed', data }));
}

/** What was done in treatment is not made to disappear by whoever did it. */
const treatedReasons = ({ therapists }: Circumstances, { actor }: CommandContext): Reason[] =>
  reasonIf(
    therapists.includes(actor.id),
    'treated_the_client',
    'You treat or treated this client. Have somebody else do it.',
  );
