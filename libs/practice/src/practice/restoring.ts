import { type Reason, reasonIf, refuseIfAny } from '#libs/kernel';

type Log = 'events' | 'access';

/** What had been signed of a log before an older state of it was put back. `root` is base64. */
export type Behind = { log: Log; size: number; generation: number; root: string };

/**
 * That restored logs go on, in a generation of their own; what had been signed beyond is lost. `why` is about a machine and
 * nobody's words, so that it can be read without a key.
 */
export type Restored = {
  generation: number;
  behind: readonly { log: Log; size: number; root: string }[];
  why: string;
};

/** @param before the last restore that was accepted */
export function decideRestore(
  before: Restored | undefined,
  { behind, why }: { behind: readonly Behind[]; why: string },
): { type: 'LogRestored'; data: Restored }[] {
  refuseIfAny(restoreReasons(behind, why));
  if (before && behind.every(({ generation }) => generation < before.generation)) return [];
  const generation = Math.max(before?.generation ?? 1, ...behind.map((log) => log.generation)) + 1;
  return [
    {
      type: 'LogRestored',
      data: { generation, behind: behind.map(({ log, size, root }) => ({ log, size, root })), why },
    },
  ];
}

const restoreReasons = (behind: readonly Behind[], why: string): Reason[] => [
  ...reasonIf(
    behind.length === 0,
    'nothing_restored',
    'No log of this practice is behind what was signed of it. There is nothing to accept.',
  ),
  ...reasonIf(!why.trim(), 'reason_missing', 'Say why an older state of the database was put back.'),
];
