import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { EventStore } from '#libs/event-store';
import { DomainError } from '#libs/kernel';
import type { Principal, Sight } from '#libs/http';
import { History, type HistoryFilter } from './history.sql.js';
import type { ShownEvent } from './shown.js';
import { Shows } from './shows.service.js';

/** How many may listen at once, of all practices and as one person. */
const MOST_LISTENERS = 100;
const MOST_PER_PERSON = 5;

/** What goes to a listener: events in the order of the log, or that there is nothing new up to a position. */
export type Heard = { events: readonly ShownEvent[] } | { quietUpTo: number };

/** Milliseconds. `poll`: other processes append, too · `longest`: then who listens comes again and is asked who they are */
const LIVE_TIMES = { heartbeat: 15_000, poll: 1_000, longest: 15 * 60_000 };

/**
 * Follows the log for whoever listens: first everything after a position, then whatever comes. It is pulled and never
 * pushed: a slow reader is behind in the log, which keeps it anyway, and nothing waits for them in memory.
 */
@Injectable()
export class LiveEvents implements OnModuleDestroy {
  private readonly listeners = new Map<AbortController, string>();
  readonly times = { ...LIVE_TIMES };

  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(History) private readonly history: History,
    @Inject(Shows) private readonly shows: Shows,
  ) {}

  /** Ends every stream, so that a service that stops does not wait for its listeners. */
  onModuleDestroy(): void {
    for (const ends of this.listeners.keys()) ends.abort();
  }

  /** How many listen now. */
  get size(): number {
    return this.listeners.size;
  }

  /**
   * @param after the position that was last seen
   * @returns the events, and how to end them
   * @throws DomainError `unavailable` when too many listen already
   */
  open(
    caller: Principal,
    sees: Sight,
    filter: HistoryFilter,
    after: number,
  ): { heard: AsyncGenerator<Heard>; end: () => void } {
    const mine = [...this.listeners.values()].filter((staffId) => staffId === caller.staffId).length;
    if (this.listeners.size >= MOST_LISTENERS || mine >= MOST_PER_PERSON)
      throw new DomainError(
        'unavailable',
        'too_many_listeners',
        `Too many streams are open, or more than ${MOST_PER_PERSON} of yours. Close one, or ask for pages instead.`,
      );
    const ends = new AbortController();
    this.listeners.set(ends, caller.staffId);
    const end = () => {
      this.listeners.delete(ends);
      ends.abort();
    };
    return { heard: this.follow(caller, sees, filter, after, ends.signal, end), end };
  }

  private async *follow(
    caller: Principal,
    sees: Sight,
    filter: HistoryFilter,
    after: number,
    ended: AbortSignal,
    end: () => void,
  ): AsyncGenerator<Heard> {
    const { practiceId } = caller;
    const news = new News();
    const stop = this.store.onAppended((practice) => {
      if (practice === practiceId) news.come();
    });
    ended.addEventListener('abort', () => news.come(), { once: true });
    const until = Date.now() + this.times.longest;
    try {
      let [position, told] = [after, Date.now()];
      while (!ended.aborted && Date.now() < until) {
        const standing = await this.history.standing(practiceId);
        if (standing.position > position) {
          const show = await this.shows.as(caller, sees, standing);
          for await (const batch of this.history.events(practiceId, filter, standing, position)) {
            yield { events: await show(batch) };
            if (ended.aborted) return;
            told = Date.now();
          }
          position = standing.position;
        }
        if (Date.now() - told >= this.times.heartbeat) {
          yield { quietUpTo: position };
          told = Date.now();
        }
        await news.wait(Math.min(this.times.poll, this.times.heartbeat));
      }
    } finally {
      stop();
      end();
    }
  }
}

/** Wakes one who waits; news that came before the waiting began is not missed. */
class News {
  private came = false;
  private wake?: () => void;

  come(): void {
    this.came = true;
    this.wake?.();
  }

  async wait(longest: number): Promise<void> {
    if (!this.came)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, longest);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.came = false;
  }
}
