import {
  Global,
  Inject,
  Logger,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type Provider,
  type Type,
} from '@nestjs/common';
import { Command, CommandHandler, CqrsModule, type ICommandHandler } from '@nestjs/cqrs';
import type pg from 'pg';
import type { AnyDecider, Clock, Decider, DomainEvent } from '#libs/kernel';
import { Vault } from '#libs/vault';
import { EventStore, type CommandMeta, type LateAfterHours, type Receipt } from './event-store.js';
import { Catalogue } from './log/events.js';
import { Follower } from './projections/follower.js';
import type { Projection } from './projections/projection.js';

export interface EventStoreOptions {
  /** as `candor_app` */
  pool: pg.Pool;
  /** as `candor_worker` */
  worker: pg.Pool;
  vault: Vault;
  clock: Clock;
  deciders: readonly AnyDecider[];
  projections: readonly Projection[];
  lateAfterHours: LateAfterHours;
  /** false: somebody else keeps the read models */
  follow: boolean;
}

export const PROJECTIONS = Symbol('projections');
/** Whether this process does what is done in the background: keeping the read models, and what follows from events. */
export const FOLLOW = Symbol('follow');

/** The log and its follower, for every context. */
@Global()
@Module({})
export class EventStoreModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(Follower) private readonly follower: Follower,
    @Inject(FOLLOW) private readonly follow: boolean,
  ) {}

  static forRoot(options: EventStoreOptions): DynamicModule {
    const store = new EventStore(
      options.pool,
      new Catalogue(options.deciders),
      options.clock,
      options.lateAfterHours,
      options.vault,
      options.worker,
    );
    const logger = new Logger('read models');
    const providers: Provider[] = [
      { provide: EventStore, useValue: store },
      { provide: Vault, useValue: options.vault },
      { provide: PROJECTIONS, useValue: options.projections },
      {
        provide: Follower,
        useValue: new Follower(store, options.projections, (message) => logger.warn(message)),
      },
      { provide: FOLLOW, useValue: options.follow },
    ];
    return {
      module: EventStoreModule,
      imports: [CqrsModule.forRoot()],
      providers,
      exports: [EventStore, Vault, PROJECTIONS, FOLLOW, Follower, CqrsModule],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.follow) await this.follower.start();
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.follow) await this.follower.stop();
  }
}

/** What the command bus carries for a decider that needs nothing but its own stream. */
export abstract class StreamCommand extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly command: object,
  ) {
    super();
  }
}

const classes = new Map<AnyDecider, new (meta: CommandMeta, command: object) => StreamCommand>();

function classOf(decider: AnyDecider): new (meta: CommandMeta, command: object) => StreamCommand {
  let found = classes.get(decider);
  if (!found)
    classes.set(
      decider,
      (found = { [`${decider.category}Command`]: class extends StreamCommand {} }[
        `${decider.category}Command`
      ]!),
    );
  return found;
}

/** A command for the bus. Its handler is made by `handlerOf`. */
export function commandFor<S, E extends DomainEvent, C extends object>(
  decider: Decider<S, E, C>,
  meta: CommandMeta,
  command: C,
): StreamCommand {
  return new (classOf(decider))(meta, command);
}

/** The generated handler of a decider: read its stream, decide, append. */
export function handlerOf(decider: AnyDecider): Type {
  @CommandHandler(classOf(decider))
  class StreamCommandHandler implements ICommandHandler<StreamCommand, Receipt> {
    constructor(@Inject(EventStore) private readonly store: EventStore) {}

    execute({ meta, command }: StreamCommand): Promise<Receipt> {
      return this.store.handle(decider, meta, command);
    }
  }
  return StreamCommandHandler;
}
