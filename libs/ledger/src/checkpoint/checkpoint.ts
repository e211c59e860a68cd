import { HASH_SIZE } from '../tree/tile.js';

/** What C2SP tlog-checkpoint signs: how long a log is and the root of its tree. */
export interface Checkpoint {
  /** names the log for ever; also the name its notes are signed under */
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

export const textOf = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n`;

/** Reads the text of a checkpoint; lines after the third are extensions. Undefined when it is none. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const [origin, size, root] = text.split('\n');
  if (!origin || !/^(0|[1-9]\d*)$/.test(size ?? '') || !/^[A-Za-z0-9+/]{43}=$/.test(root ?? ''))
    return undefined;
  const bytes = Buffer.from(root!, 'base64');
  return Number.isSafeInteger(Number(size)) && bytes.length === HASH_SIZE
    ? { origin, size: Number(size), root: bytes }
    : undefined;
}

/** A proof that one entry is in a log, readable on its own (C2SP tlog-proof@v1). `note` is a signed checkpoint. */
export const proofText = (index: number, proof: readonly Buffer[], note: string): string =>
  [
    'c2sp.org/tlog-proof@v1',
    `index ${index}`,
    ...proof.map((hash) => hash.toString('base64')),
    '',
    note,
  ].join('\n');
