import { setTimeout as sleep } from 'node:timers/promises';
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { client } from '#libs/client';
import { inquiry } from '#libs/intake';
import { EventStore, type CommandMeta, type Receipt, type Transaction } from '#libs/event-store';
import { missing } from '#libs/kernel';
import { Vault } from '#libs/vault';
import { Erasing } from '../execution/erasing.service.js';
import type { MatterRow } from '../matters/matters.projection.js';
import { keyIdsOf, PersonReader } from '../person/person.reader.js';
import { CircumstancesReader } from './circumstances.reader.js';
import type { DestroyedKeys, ErasureCommand } from './erasure.js';
import type { HoldCommand } from './hold.js';
import { legal } from './legal.js';

type Placing = Omit<Extract<HoldCommand, { type: 'PlaceHold' }>, 'erased'>;
type Requesting = Omit<
  Extract<ErasureCommand, { type: 'RequestErasure' }>,
  'erased' | 'alsoAsked' | 'mergedInto'
>;
type Deciding = Omit<Extract<ErasureCommand, { type: 'DecideErasure' }>, 'circumstances'>;

/** Places a hold, or asks for an erasure. */
export class BeginLegal extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: Placing | Requesting,
  ) {
    super();
  }
}

export class DecideErasure extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: Deciding,
  ) {
    super();
  }
}

export class ExecuteErasure extends Command<Receipt> {
  constructor(readonly meta: CommandMeta) {
    super();
  }
}

const isErased = ({ status }: MatterRow): boolean => status === 'executed';
const isOpen = ({ status }: MatterRow): boolean => status === 'requested' || status === 'approved';

/** Fetches the client, and what else is asked about the same person. */
@CommandHandler(BeginLegal)
export class BeginLegalHandler implements ICommandHandler<BeginLegal, Receipt> {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(PersonReader) private readonly persons: PersonReader,
    @Inject(CircumstancesReader) private readonly circumstances: CircumstancesReader,
  ) {}

  execute({ meta, body }: BeginLegal): Promise<Receipt> {
    return this.store.transact(legal, meta, async (tx) => {
      // who the person is and what is asked about them, so that a hold need not wait for a practice that never rests
      await this.circumstances.guard(tx, [legal.category, client.category]);
      const goneTo = await goneToOf(tx, body.clientId);
      const person = await this.persons.of(meta.practiceId, body.clientId);
      const matters = await this.circumstances.mattersOf(meta.practiceId, person);
      const erased = matters.some(isErased);
      if (body.type === 'PlaceHold') return tx.decide(legal, meta.id, { ...body, erased });
      return tx.decide(legal, meta.id, {
        ...body,
        erased,
        ...(goneTo === undefined ? {} : { mergedInto: goneTo }),
        alsoAsked: matters.filter((one) => one.id !== meta.id && isOpen(one)).map(({ id }) => id),
      });
    });
  }
}

/**
 * The record under which the person is known instead. Somebody who is no client is known by their inquiry.
 * @throws DomainError `missing`
 */
async function goneToOf(tx: Transaction, id: string): Promise<string | undefined> {
  const one = await tx.read(client, id);
  if (one.situation !== 'none') return one.merging.mergedInto;
  const asked = await tx.read(inquiry, id);
  if (asked.situation === 'none') missing('client');
  return inquiry.subjects(asked).find((subject) => subject !== id);
}

/** The person an erasure is about. @throws DomainError `missing` */
async function personIn(tx: Transaction, persons: PersonReader) {
  const state = await tx.read(legal, tx.meta.id);
  if (state.situation === 'none' || state.kind !== 'erasure') return missing('erasure');
  return persons.of(tx.meta.practiceId, state.clientId);
}

@CommandHandler(DecideErasure)
export class DecideErasureHandler implements ICommandHandler<DecideErasure, Receipt> {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(PersonReader) private readonly persons: PersonReader,
    @Inject(CircumstancesReader) private readonly circumstances: CircumstancesReader,
  ) {}

  execute({ meta, body }: DecideErasure): Promise<Receipt> {
    return this.store.transact(legal, meta, async (tx) => {
      await this.circumstances.guard(tx);
      const circumstances = await this.circumstances.of(tx, await personIn(tx, this.persons));
      await tx.decide(legal, meta.id, { ...body, circumstances });
    });
  }
}

/** Keys are gone within a moment. Folding a long log takes a minute, and goes on when whoever asked has their answer. */
const LONGEST_WAIT_MS = 10_000;

/** Judges once more, says so in the log, then does it. What is cut off here is finished by `Erasures`. */
@CommandHandler(ExecuteErasure)
export class ExecuteErasureHandler implements ICommandHandler<ExecuteErasure, Receipt> {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(PersonReader) private readonly persons: PersonReader,
    @Inject(CircumstancesReader) private readonly circumstances: CircumstancesReader,
    @Inject(Erasing) private readonly erasing: Erasing,
  ) {}

  async execute({ meta }: ExecuteErasure): Promise<Receipt> {
    const { practiceId, id } = meta;
    const receipt = await this.store.transact(legal, meta, async (tx) => {
      await this.circumstances.guard(tx);
      const person = await personIn(tx, this.persons);
      const circumstances = await this.circumstances.of(tx, person);
      const keys = await Promise.all(keyIdsOf(person).map((id) => this.keysOf(practiceId, id)));
      const known = keys.filter(({ clientId, kinds }) => kinds.length > 0 || clientId === person.records[0]);
      await tx.decide(legal, id, { type: 'ExecuteErasure', circumstances, keys: known });
    });
    await Promise.race([
      this.erasing.carryOut(practiceId),
      sleep(LONGEST_WAIT_MS, undefined, { ref: false }),
    ]);
    return receipt;
  }

  private async keysOf(practiceId: string, clientId: string): Promise<DestroyedKeys> {
    const versions: Record<string, number[]> = {};
    for (const { kind, version } of await this.vault.live(practiceId, clientId))
      (versions[kind] ??= []).push(version);
    return { clientId, kinds: Object.keys(versions), versions };
  }
}
