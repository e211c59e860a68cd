import type { AddressInfo } from 'node:net';
import { openPool } from '#libs/event-store';
import { Tokens } from '#libs/identity';
import { addMinutes } from '#libs/kernel';
import { Sealer } from '#libs/ledger';
import {
  addressOf,
  CODE,
  EXAMPLES,
  PRACTICE,
  STAFF,
  type Example,
} from '../../apps/api/src/examples/index.js';
import { OPERATOR, startService, type Service } from './http-kit.js';
import { codeAt } from './sign-in-kit.js';

export interface Answer {
  status: number;
  type: string;
  text: string;
}

/**
 * The examples of the OpenAPI document are a story. Here it is told word for word, from the first request to the last, to
 * a service in which there is nothing yet but the tokens of those who will be registered.
 */
export async function startTour() {
  let now = EXAMPLES[0]!.at!;
  const { service, stop } = await startService({ now: () => now });
  await service.app.listen(0, '127.0.0.1');
  const pool = openPool(service.databaseUrl, 2, 'candor_sealer');
  const sealer = new Sealer({
    pool,
    seed: Buffer.alloc(32, 7),
    host: 'candor.example',
    report: () => undefined,
  });
  const tokens: Partial<Record<Example['as'], string>> = { operator: OPERATOR };
  for (const [name, id] of Object.entries(STAFF))
    tokens[name as keyof typeof STAFF] = await service.app.get(Tokens).issue(PRACTICE, id, name);
  const tour = new Tour(service, tokens);
  return {
    tour,
    /** Sends every example once, at its time. */
    async tell(): Promise<Map<Example, Answer>> {
      const answers = new Map<Example, Answer>();
      for (const example of EXAMPLES) {
        now = example.at ?? addMinutes(now, 1);
        if (example.operation.startsWith('GET')) await service.settled();
        if (example.operation.includes('/ledger')) await sealer.sealAll();
        answers.set(example, await tour.send(example));
      }
      return answers;
    },
    async stop() {
      await pool.end();
      await stop();
    },
  };
}

export class Tour {
  /** what the tour calls something, and what the service has called it */
  private readonly names = new Map<string, string>();
  private authenticator?: string;

  constructor(
    readonly service: Service,
    private readonly tokens: Partial<Record<Example['as'], string>>,
  ) {}

  /** @param more headers in place of those of whom it is told about */
  async send(example: Example, more: Record<string, string> = {}): Promise<Answer> {
    const { operation, as, body, idempotencyKey, accept } = example;
    const { port } = this.service.app.getHttpServer().address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}${this.asServiceCallsIt(addressOf(example))}`, {
      method: operation.split(' ')[0]!,
      headers: {
        ...(this.tokens[as] ? { Authorization: `Bearer ${this.tokens[as]}` } : {}),
        ...(accept ? { Accept: accept } : {}),
        ...(body ? { 'Content-Type': 'application/json', 'If-Match': await this.seen(example) } : {}),
        'Idempotency-Key': idempotencyKey ?? `tour-${EXAMPLES.indexOf(example)}`,
        ...more,
      },
      ...(body ? { body: this.asServiceCallsIt(JSON.stringify(body)) } : {}),
      redirect: 'manual',
    });
    const text = await beginningOf(answer);
    if (answer.ok) this.note(example, text);
    return { status: answer.status, type: answer.headers.get('content-type') ?? '', text };
  }

  private asServiceCallsIt(text: string): string {
    const code = this.authenticator && codeAt(this.authenticator, this.service.store.clock.now());
    return [...this.names, [CODE, code ?? CODE]].reduce(
      (so, [called, is]) => so.replaceAll(called!, is!),
      text,
    );
  }

  /** Once: when somebody of another practice sends it later, what the tour calls so stays what it is. */
  private note({ eventId, makes = {} }: Example, text: string): void {
    if (!eventId && Object.keys(makes).length === 0 && !text.includes('"authenticator"')) return;
    const answer = JSON.parse(text) as Record<string, string> & {
      events?: { eventId: string }[];
      authenticator?: { key: string };
    };
    if (eventId) this.names.set(eventId, answer.events![0]!.eventId);
    for (const [name, called] of Object.entries(makes))
      if (!this.names.has(called)) this.names.set(called, answer[name]!);
    this.authenticator ??= answer.authenticator?.key;
  }

  /** The version that whoever has just read the thing would send. */
  private async seen({ path }: Example): Promise<string> {
    const { rows } = await this.service.store.worker.query<{ version: number }>(
      'select max(version) as version from log.event where practice_id = $1 and stream like $2',
      [PRACTICE, `%-${path?.id}`],
    );
    return rows[0]!.version ? `"${rows[0]!.version}"` : '*';
  }
}

/** A stream of events goes on for ever: until the first of them, or its greeting when there is none for whoever asks. */
async function beginningOf(answer: Response): Promise<string> {
  if (!answer.headers.get('content-type')?.startsWith('text/event-stream')) return answer.text();
  let text = '';
  const reader = answer.body!.getReader();
  const patience = setTimeout(() => void reader.cancel(), 500);
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += Buffer.from(part.value).toString();
    if (text.includes('\ndata:')) break;
  }
  clearTimeout(patience);
  await reader.cancel();
  return text;
}
