import type { Command } from '@nestjs/cqrs';
import type { CommandMeta, Receipt } from '#libs/event-store';
import { addMinutes, deriveId, sha256, type Actor, type Instant } from '#libs/kernel';
import type { Calendar, DaysAgo } from './calendar.js';

/** What the commands before brought about, by the name of their step. */
export type Done = ReadonlyMap<string, Receipt>;

/** One command of the demo, and the moment at which the practice enters it. */
export interface Step {
  /** unique, and the same every time: the command's id is made of it */
  readonly name: string;
  /** what the clock shows: it becomes `recordedAt` */
  readonly at: Instant;
  readonly practiceId: string;
  send(done: Done): Command<Receipt>;
}

interface Wish {
  /** names the step within its story */
  readonly what: string;
  /** id of the thing the command is about */
  readonly id: string;
  readonly by: Actor;
  /** it must not exist yet */
  readonly creates?: boolean;
  /** for late entries: when it was true; needs a reason */
  readonly occurredAt?: Instant;
  readonly reason?: string;
}

/** What happens around one client or in one practice, told from the first day to the last. */
export class Story {
  private now: Instant = '';
  private count = 0;

  constructor(
    readonly key: string,
    readonly practiceId: string,
    readonly calendar: Calendar,
    private readonly steps: Step[],
  ) {}

  get moment(): Instant {
    return this.now;
  }

  /** Goes on at a moment. A story never goes back: whoever tells it wrongly hears of it at once. */
  at(instant: Instant): this {
    if (instant < this.now)
      throw new Error(`The story ${this.key} goes back from ${this.now} to ${instant}.`);
    this.now = instant;
    return this;
  }

  on(ago: DaysAgo, time: string): this {
    return this.at(this.calendar.at(ago, time));
  }

  /** Goes on some minutes later. */
  later(minutes: number): this {
    this.now = addMinutes(this.now, minutes);
    return this;
  }

  /** Enters a command at this moment; the next one follows two minutes later. @returns the name of the step */
  enter(wish: Wish, command: (meta: CommandMeta) => Command<Receipt>): string {
    const meta = this.metaOf(wish);
    // made now, while everything is as the story says
    const made = command(meta);
    return this.push(wish, () => made);
  }

  /** The same for a command that names something that earlier steps brought about. */
  enterKnowing(wish: Wish, command: (meta: CommandMeta, done: Done) => Command<Receipt>): string {
    const meta = this.metaOf(wish);
    return this.push(wish, (done) => command(meta, done));
  }

  private push(wish: Wish, send: Step['send']): string {
    const name = this.nameOf(wish);
    this.steps.push({ name, at: this.now, practiceId: this.practiceId, send });
    this.count++;
    this.later(2);
    return name;
  }

  private nameOf = ({ what }: Wish): string => `${this.key}/${this.count + 1} ${what}`;

  private metaOf(wish: Wish): CommandMeta {
    const name = this.nameOf(wish);
    return {
      practiceId: this.practiceId,
      id: wish.id,
      commandId: deriveId('demo-command', name),
      // Of the name and not of the body: bodies carry dates, and a load that goes on another day is the same load.
      requestHash: sha256(name),
      actor: wish.by,
      expected: wish.creates ? 0 : 'any',
      ...(wish.occurredAt ? { occurredAt: wish.occurredAt } : {}),
      ...(wish.reason ? { reason: wish.reason } : {}),
      correlationId: deriveId('demo-story', this.key),
    };
  }
}

/** The first event of a type that a step brought about. */
export function eventOf(done: Done, step: string, type: string): string {
  const event = done.get(step)?.events.find((candidate) => candidate.type === type);
  if (!event) throw new Error(`Step "${step}" brought no ${type}.`);
  return event.eventId;
}
