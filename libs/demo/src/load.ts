import type { CommandBus } from '@nestjs/cqrs';
import type { Receipt } from '#libs/event-store';
import { addDays, DomainError, localDate, startOfLocalDay, type Instant, type LocalDate } from '#libs/kernel';
import { Calendar } from './calendar.js';
import { casesOf } from './cases.js';
import type { MovableClock } from './clock.js';
import { othersAsk } from './elsewhere.js';
import { HOUSES, LINDENHOF, practiceIdOf } from './practices.js';
import type { Step } from './script.js';
import { practiceOpens } from './stories/practice.js';
import { World } from './world.js';

export interface DemoLoad {
  /** of a context whose event store goes by `clock` */
  readonly bus: CommandBus;
  readonly clock: MovableClock;
  readonly now: Instant;
  /** the `PracticeRegistered` of the demo practice when it is in the log already, finished or not */
  readonly registered?: { readonly recordedAt: Instant; readonly data: { readonly demo: boolean } };
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Lets the invented people live through their eighteen months, by the same commands that the routes send. Every step has
 * a command id of its own, so a load that was cut off goes on where it stopped, and a second load appends nothing. All
 * days are counted back from the day of the first load, which the registration of the practice tells; going on with today
 * instead would lay the second half of a story before the first, and time in a log never goes backwards.
 * @throws Error naming the step, its day and every reason, when a command is refused; when the practice is no demo
 */
export async function loadDemo({ bus, clock, now, registered, onProgress }: DemoLoad): Promise<void> {
  if (registered && !registered.data.demo)
    throw new Error(
      `Practice ${practiceIdOf(LINDENHOF.key)} is not marked as a demo. Nothing was loaded: the demo goes into an empty database only.`,
    );
  const steps = script(registered ? loadedOn(registered.recordedAt) : localDate(now, LINDENHOF.zone));
  const done = new Map<string, Receipt>();
  for (const [index, step] of steps.entries()) {
    clock.set(step.at);
    const receipt = await bus.execute<Receipt>(step.send(done)).catch((error: unknown) => {
      throw new Error(failure(step, error), { cause: error });
    });
    if (index === 0 && receipt.replayed && !registered)
      throw new Error(
        'The demo practice is in the log already. Hand its PracticeRegistered to loadDemo, so that its days are counted from the same day.',
      );
    done.set(step.name, receipt);
    onProgress?.(index + 1, steps.length);
  }
}

/** Every step in the order in which it is entered. Pure: the same day gives the same script. */
export function script(today: LocalDate): Step[] {
  const steps: Step[] = [];
  for (const house of HOUSES) {
    const world = new World(house, new Calendar(today, house.zone));
    practiceOpens(world, steps);
    casesOf(world, steps);
    if (house === LINDENHOF) othersAsk(world, steps);
  }
  steps.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const end = startOfLocalDay(today, LINDENHOF.zone);
  const ahead = steps.find(({ at }) => at > end);
  if (ahead)
    throw new Error(`Step "${ahead.name}" happens at ${ahead.at}, on the day of the load or after it.`);
  return steps;
}

/** The day of the first load, from the day the practice was registered. */
const loadedOn = (registeredAt: Instant): LocalDate =>
  addDays(localDate(registeredAt, LINDENHOF.zone), LINDENHOF.opened);

function failure({ name, at }: Step, error: unknown): string {
  const what = error instanceof Error ? error.message : String(error);
  const reasons =
    error instanceof DomainError
      ? error.reasons.map(({ code, detail }) => `\n  ${code}: ${detail}`).join('')
      : '';
  return `The demo stopped at "${name}" on ${at}: ${what}${reasons}`;
}
