import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { expect } from 'vitest';
import { CommandBus } from '@nestjs/cqrs';
import { commandFor, closePools, EventStore, Follower, openPools } from '#libs/event-store';
import { Tokens } from '#libs/identity';
import { sha256, systemClock, uuidv7, type Clock } from '#libs/kernel';
import { practice, staff } from '#libs/practice';
import type { AppOptions } from '../../apps/api/src/app.module.js';
import { createApp } from '../../apps/api/src/create-app.js';
import { createDatabase } from './database.js';
import { openVault } from './vault-kit.js';

export type TestRole = 'owner' | 'coordinator' | 'therapist' | 'supervisor' | 'auditor';
/** A role of the practice, or the id of somebody who was let in. */
export type Who = TestRole | (string & {});

/** The whole service on a database of its own, with one practice and one token per role. */
export async function startService(clock: Clock = systemClock, more: Partial<AppOptions> = {}) {
  const database = await createDatabase();
  const pools = openPools(database.url, 20);
  const keys = openVault(database.url);
  const app = await createApp({
    ...pools,
    vault: keys.vault,
    secret: Buffer.from('for tests only, not a secret at all'),
    clock,
    operatorToken: OPERATOR,
    ...more,
  });
  const service = new Service(app, database.url);
  await service.addPractice('first');
  return {
    service,
    stop: async () => {
      await app.close();
      await closePools(pools);
      await keys.stop();
      await database.drop();
    },
  };
}

export const OPERATOR = 'operator-token-for-tests-only';

export class Service {
  readonly practices: Record<
    string,
    { id: string; staff: Record<TestRole, string>; tokens: Record<TestRole, string> }
  > = {};

  /** tokens by the ids of their holders */
  private readonly letInBeside = new Map<string, string>();

  constructor(
    readonly app: NestFastifyApplication,
    readonly databaseUrl: string,
  ) {}

  get store(): EventStore {
    return this.app.get(EventStore);
  }

  get first() {
    return this.practices.first!;
  }

  /** Registered through the same commands that the service uses; the supervisor supervises the therapist. */
  async addPractice(name: string, zone = 'Europe/Berlin') {
    const id = uuidv7();
    const bus = this.app.get(CommandBus);
    const meta = (thing: string) => {
      const commandId = uuidv7();
      return {
        practiceId: id,
        id: thing,
        commandId,
        requestHash: sha256(commandId),
        actor: { id: uuidv7(), role: 'operator' },
        expected: 0 as const,
      };
    };
    await bus.execute(
      commandFor(practice, meta(id), {
        type: 'RegisterPractice',
        name,
        zone,
        locale: 'en',
        rulePack: 'generic',
        rulePacks: ['generic'],
        demo: false,
      }),
    );
    const members = {} as Record<TestRole, string>;
    const tokens = {} as Record<TestRole, string>;
    for (const role of ['owner', 'coordinator', 'therapist', 'supervisor', 'auditor'] as const) {
      members[role] = uuidv7();
      await bus.execute(
        commandFor(staff, meta(members[role]), {
          type: 'RegisterStaff',
          name: `${role} of ${name}`,
          roles: [role],
        }),
      );
      tokens[role] = await this.app.get(Tokens).issue(id, members[role], role);
    }
    await bus.execute(
      commandFor(
        staff,
        { ...meta(members.therapist), expected: 'any' },
        {
          type: 'AssignSupervisor',
          supervisorId: members.supervisor,
          supervisor: { isSupervisor: true, active: true },
        },
      ),
    );
    return (this.practices[name] = { id, staff: members, tokens });
  }

  tokenOf = (who: Who, practiceName = 'first'): string =>
    this.letInBeside.get(who) ?? this.practices[practiceName]!.tokens[who as TestRole];

  /** Gives somebody of the first practice a token of their own: from now on they can be named by their id. */
  async letIn(staffId: string): Promise<void> {
    this.letInBeside.set(staffId, await this.app.get(Tokens).issue(this.first.id, staffId, 'for a test'));
  }

  /** `POST` as somebody. A fresh Idempotency-Key and `If-Match: *` unless the headers say otherwise; null leaves one out. */
  post(who: Who, path: string, body: object = {}, headers: Record<string, string | null> = {}) {
    const all = {
      Authorization: `Bearer ${this.tokenOf(who)}`,
      'Idempotency-Key': randomUUID(),
      'If-Match': '*',
      ...headers,
    };
    const call = request(this.app.getHttpServer()).post(path);
    for (const [name, value] of Object.entries(all)) if (value !== null) void call.set(name, value);
    return call.send(body);
  }

  get(who: Who, path: string, headers: Record<string, string> = {}) {
    return request(this.app.getHttpServer())
      .get(path)
      .set({ Authorization: `Bearer ${this.tokenOf(who)}`, ...headers });
  }

  /** Posts and expects it to be done. @returns the receipt */
  async done(who: Who, path: string, body: object = {}, headers: Record<string, string | null> = {}) {
    const answer = await this.post(who, path, body, headers);
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    return answer.body as {
      id: string;
      version: number;
      position: number;
      events: {
        eventId: string;
        type: string;
        position: number;
        version: number;
        ids: Record<string, string>;
      }[];
    };
  }

  /** Runs a request that must be refused, and asserts a problem document and that the log did not grow. */
  async refused(
    status: number,
    code: string,
    call: () => PromiseLike<{
      status: number;
      body: Record<string, unknown>;
      headers: Record<string, string>;
    }>,
  ) {
    const before = await this.position();
    const answer = await call();
    expect([answer.status, answer.body.code], JSON.stringify(answer.body)).toEqual([status, code]);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).toMatchObject({
      type: `/problems/${code}`,
      status,
      title: expect.any(String),
      detail: expect.any(String),
      instance: expect.any(String),
    });
    expect(await this.position(), 'after a refusal the log has not grown').toBe(before);
    return answer.body as Record<string, unknown> & {
      reasons?: { code: string }[];
      errors?: { pointer: string; code: string }[];
    };
  }

  async position(): Promise<number> {
    const { rows } = await this.store.worker.query<{ sum: number }>(
      'select coalesce(sum(position), 0)::bigint as sum from log.head',
    );
    return rows[0]!.sum;
  }

  /** Waits until every read model has seen everything, whoever of the followers takes it there. */
  async settled(): Promise<void> {
    for (
      const deadline = Date.now() + 20_000;
      Date.now() < deadline;
      await new Promise((resolve) => setTimeout(resolve, 10))
    ) {
      for (const { id } of Object.values(this.practices)) await this.app.get(Follower).catchUp(id);
      const { rows } = await this.store.worker.query<{ behind: number }>(
        'select count(*) as behind from log.head h join read.checkpoint c using (practice_id) where c.position < h.position and c.halted_at_position is null',
      );
      if (rows[0]!.behind === 0) return;
    }
    throw new Error('the read models did not catch up within 20 s');
  }
}
