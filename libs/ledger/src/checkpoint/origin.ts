import { parseCheckpoint, type Checkpoint } from './checkpoint.js';
import { verifierOf } from './note.js';

/** What of a practice is sealed: its history, and who has read what. */
export const LOGS = ['events', 'access'] as const;
export type LogKind = (typeof LOGS)[number];

/** One tree. A restored log begins a new generation, which grows on under a name of its own. */
export interface LogName {
  readonly host: string;
  readonly kind: LogKind;
  readonly practiceId: string;
  readonly generation: number;
}

const SEGMENT = { events: 'log', access: 'access' } as const;

/** Names a log for ever: its checkpoints begin with it and are signed under it. */
export const originOf = ({ host, kind, practiceId, generation }: LogName): string =>
  `${host}/${SEGMENT[kind]}/${practiceId}${generation === 1 ? '' : `/${generation}`}`;

const ORIGIN = /^(.+)\/(log|access)\/([0-9a-f-]{36})(?:\/([1-9]\d{0,8}))?$/;

/** Reads the name of a log; undefined when it is not written in the one way there is. */
export function parseOrigin(origin: string): LogName | undefined {
  const [, host, segment, practiceId, generation = '1'] = ORIGIN.exec(origin) ?? [];
  if (!host || !practiceId) return undefined;
  const kind = segment === 'log' ? 'events' : 'access';
  const name = { host, kind, practiceId, generation: Number(generation) } as const;
  return originOf(name) === origin ? name : undefined;
}

/**
 * Reads a note about a practice, of any of its logs and generations: they are signed with one key under several names. One
 * key may serve many practices; a verifier key is of the one that its name says.
 * @throws Error when it is no verifier key
 */
export function openerOf(verifierKey: string): (note: string) => (Checkpoint & LogName) | undefined {
  const verifier = verifierOf(verifierKey);
  const keyed = parseOrigin(verifier.name);
  return (note) => {
    const origin = note.slice(0, note.indexOf('\n'));
    const name = parseOrigin(origin);
    if (!name || name.host !== keyed?.host || name.practiceId !== keyed.practiceId) return undefined;
    const text = verifierOf(verifier.keyUnder(origin)).open(note);
    const checkpoint = text === undefined ? undefined : parseCheckpoint(text);
    return checkpoint && { ...name, ...checkpoint };
  };
}
