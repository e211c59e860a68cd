import { createInterface } from 'node:readline/promises';
import type { EventStore } from '#libs/event-store';
import { isUuid, sha256, uuidv7 } from '#libs/kernel';
import { behindOf, type Behind } from '#libs/ledger';
import { practice } from '#libs/practice';

export interface AcceptOptions {
  practice: string;
  reason: string;
  /** do not ask */
  yes?: boolean;
}

/** Accepts that an older state of the database goes on, once somebody has typed the name of the practice. @returns 0 */
export async function acceptRestore(
  store: EventStore,
  { practice: practiceId, reason, yes = false }: AcceptOptions,
): Promise<number> {
  if (!isUuid(practiceId)) throw new Error(`"${practiceId}" is no id of a practice.`);
  const { state } = await store.load(practice, practiceId, practiceId);
  const behind = await behindOf(store.of(practiceId), practiceId);
  if (behind.length === 0 || state.situation === 'none')
    throw new Error('Nothing to accept: no log of this practice is behind what was signed of it.');
  process.stderr.write(
    `${behind.map(inWords).join('\n')}\nAll that came after is lost if you accept this.\n`,
  );
  if (
    !yes &&
    (await typed(`Type the name of the practice (${state.details.name}) to accept it: `)) !==
      state.details.name
  )
    throw new Error(
      'That is not the name of the practice. Nothing was accepted; run it again and type the name as it is shown.',
    );
  const commandId = uuidv7();
  const { events } = await store.handle(
    practice,
    {
      practiceId,
      id: practiceId,
      commandId,
      requestHash: sha256(commandId),
      actor: { id: practiceId, role: 'operator' },
      expected: 'any',
    },
    { type: 'AcceptRestore', behind, why: reason },
  );
  process.stdout.write(`accepted at position ${events[0]?.position ?? 'an earlier one'}\n`);
  return 0;
}

const inWords = ({ log, position, size }: Behind): string =>
  `${log === 'events' ? 'history' : 'log of reads'}: ${size} entries were signed, the database has ${position}${position < size ? '' : ' and they are others'}`;

async function typed(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const nobody = new Promise<never>((_, reject) =>
    lines.once('close', () =>
      reject(new Error('This asks for the name of the practice; run it in a terminal, or add --yes.')),
    ),
  );
  try {
    return (await Promise.race([lines.question(question), nobody])).trim();
  } finally {
    nobody.catch(() => undefined);
    lines.close();
  }
}
