import { Inject, Injectable, Logger } from '@nestjs/common';
import { EventStore } from '#libs/event-store';
import { uuidv7, type Instant } from '#libs/kernel';
import type { Refusal } from './decision.js';

/** More than these are not held back: by then the database has been away for long, and readiness has said so. */
const MOST_HELD_BACK = 1_000;

/**
 * Keeps refusals of commands that matter for safety. A refusal stands whether or not it can be written down; what could
 * not be is held back and tried again, and until it is written the service says that it is not ready.
 */
@Injectable()
export class DecisionLog {
  private readonly logger = new Logger('decisions');
  private heldBack: { practiceId: string; id: string; at: Instant; refusal: Refusal }[] = [];
  private writing: Promise<void> | undefined;

  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  /** Never throws. */
  async note(practiceId: string, refusal: Refusal): Promise<void> {
    const at = this.store.clock.now();
    this.heldBack.push({ practiceId, id: uuidv7(Date.parse(at)), at, refusal });
    this.heldBack.splice(0, this.heldBack.length - MOST_HELD_BACK);
    await this.settle();
  }

  /** Writes what is held back. @returns how many could not be written */
  async settle(): Promise<number> {
    this.writing ??= this.write().finally(() => (this.writing = undefined));
    await this.writing;
    return this.heldBack.length;
  }

  private async write(): Promise<void> {
    while (this.heldBack.length > 0) {
      const [first] = this.heldBack;
      const { practiceId, id, at, refusal } = first!;
      try {
        await this.store.of(practiceId).query({
          name: 'access.log_decision',
          text: 'select access.log_decision($1, $2, $3, $4)',
          values: [practiceId, at, id, JSON.stringify(refusal)],
        });
      } catch (error) {
        this.logger.warn(`a refusal waits to be written down: ${String(error)}`);
        return;
      }
      this.heldBack = this.heldBack.filter((one) => one !== first);
    }
  }
}
