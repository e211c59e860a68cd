import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import { DEMO_PRACTICE_ID, DEMO_STAFF, DEMO_TOUR, loadDemo, MovableClock } from '#libs/demo';
import { EventStore } from '#libs/event-store';
import { Tokens } from '#libs/identity';
import { sha256, uuidv7 } from '#libs/kernel';
import { firstOwnerIdOf, RegisterPractice } from '#libs/practice';
import type { Config } from './config.js';
import { AppModule } from './app.module.js';

/** Tokens to show at the start, by role. `demo`: they are those of the invented practice, kept in `.candor/demo.env`. */
export interface Credentials {
  demo: boolean;
  tokens: Record<string, string>;
}

/** What only the first start of a database does: the demo practice, or an empty practice with its owner. */
export async function firstStart(
  app: INestApplicationContext,
  config: Config,
  note: (message: string) => void,
): Promise<Credentials> {
  const { rows } = await app
    .get(EventStore)
    .worker.query<{ practices: number; tokens: number; practiceId: string | null }>(
      `select (select count(*) from log.head where position > 0) as practices, (select count(*) from access.token) as tokens,
         (select practice_id from log.event where type = 'PracticeRegistered' limit 1) as "practiceId"`,
    );
  const { practices, tokens, practiceId } = rows[0]!;
  if (config.seedDemo) return demoCredentials(app, config, practices === 0, note);
  if (tokens > 0) return { demo: false, tokens: {} };
  // A first start that was cut off before anybody had a token goes on from the practice that is there.
  return { demo: false, tokens: { owner: await ownerToken(app, config, practiceId ?? undefined) } };
}

async function ownerToken(app: INestApplicationContext, config: Config, known?: string): Promise<string> {
  const practiceId = known ?? uuidv7();
  const ownerId = firstOwnerIdOf(practiceId);
  if (!known) {
    const commandId = uuidv7();
    const actor = { id: ownerId, role: 'operator' };
    const meta = {
      practiceId,
      id: practiceId,
      commandId,
      requestHash: sha256(commandId),
      actor,
      expected: 0 as const,
    };
    const { practiceName: name, practiceZone: zone } = config;
    const practice = { name, zone, locale: 'en', rulePack: 'generic', demo: false, owner: { name: 'Owner' } };
    await app.get(CommandBus).execute(new RegisterPractice(meta, practice));
  }
  return app.get(Tokens).issue(practiceId, ownerId, 'first start', config.ownerToken);
}

async function demoCredentials(
  app: INestApplicationContext,
  config: Config,
  first: boolean,
  note: (message: string) => void,
): Promise<Credentials> {
  const file = join(config.home, 'demo.env');
  const tokens = first ? {} : tokensIn(await readFile(file, 'utf8').catch(() => ''));
  if (Object.keys(tokens).length === 0) {
    note('loading the demo practice: invented people, through the same commands');
    await loadDemoPractice(app, progressOn(process.stderr));
    for (const [role, staffId] of Object.entries(DEMO_STAFF))
      tokens[role] = await app
        .get(Tokens)
        .issue(DEMO_PRACTICE_ID, staffId, `demo ${role}`, role === 'owner' ? config.ownerToken : undefined);
  }
  // Written last, so a load that was cut off goes on next time; written anew each time, because the port may differ.
  await writeFile(file, demoEnvironment(config, tokens), { mode: 0o600 });
  return { demo: true, tokens };
}

const tokensIn = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/^export (\w+)_TOKEN=(.+)$/gm)].map(([, role, token]) => [role!.toLowerCase(), token!]),
  );

/** What a shell takes to try the tour: `. .candor/demo.env`. */
function demoEnvironment({ host, port }: Config, tokens: Record<string, string>): string {
  const variables = {
    CANDOR: `http://${host}:${port}`,
    ...Object.fromEntries(
      Object.entries(tokens).map(([role, token]) => [`${role.toUpperCase()}_TOKEN`, token]),
    ),
    TOUR_CLIENT: DEMO_TOUR.clientId,
    TOUR_RELATIONSHIP: DEMO_TOUR.relationshipId,
    TOUR_STANCE: DEMO_TOUR.stanceId,
  };
  return `# For the tour in the README. The people of the demo practice are invented.\n${Object.entries(
    variables,
  )
    .map(([name, value]) => `export ${name}=${value}\n`)
    .join('')}`;
}

/** Lets the loader move the clock of a context of its own; everybody else's clock is the real one. */
async function loadDemoPractice(
  app: INestApplicationContext,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const { pool, worker, vault, clock: real, reader } = app.get(EventStore);
  const clock = new MovableClock();
  const context = await NestFactory.createApplicationContext(
    AppModule.with({ pool, worker, vault, secret: Buffer.alloc(32), clock, follow: false }),
    { logger: ['error', 'warn'] },
  );
  try {
    const [registered] = await reader.streams(DEMO_PRACTICE_ID, [`practice-${DEMO_PRACTICE_ID}`]);
    await loadDemo({
      bus: context.get(CommandBus),
      clock,
      now: real.now(),
      onProgress,
      ...(registered ? { registered: registered as never } : {}),
    });
  } finally {
    await context.close();
  }
}

/** A line that fills up on a terminal; elsewhere a line for each quarter. */
function progressOn(stream: NodeJS.WriteStream): (done: number, total: number) => void {
  let last = -1;
  return (done, total) => {
    const step = stream.isTTY ? Math.floor((done / total) * 40) : Math.floor((done / total) * 4);
    if (step === last) return;
    last = step;
    if (stream.isTTY)
      stream.write(
        `\r  [${'#'.repeat(step).padEnd(40, '.')}] ${done} of ${total}${done === total ? '\n' : ''}`,
      );
    else stream.write(`candor:   ${done} of ${total} commands\n`);
  };
}
