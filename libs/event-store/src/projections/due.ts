export interface DueOptions<Item> {
  /** the same text for the same thing */
  keyOf(item: Item): string;
  work(item: Item): Promise<void>;
  /** everything that is due, whether or not anybody has told of it */
  poll(): Promise<Iterable<Item>>;
  everyMs: number;
  /** what went wrong, and with which thing; with none when it was the polling */
  failed(error: unknown, item?: Item): void;
}

/**
 * Works off what is due, one thing after the other, each once however often it was noted. Polling is the truth; whoever
 * knows sooner notes it. What fails is due again at the next poll.
 */
export class Due<Item> {
  private readonly due = new Map<string, Item>();
  private running?: Promise<void>;
  private timer?: NodeJS.Timeout;
  private over = false;

  constructor(private readonly options: DueOptions<Item>) {}

  get stopped(): boolean {
    return this.over;
  }

  /** Polls at once, and from then on. */
  async start(): Promise<void> {
    try {
      for (const item of await this.options.poll()) this.note(item);
    } catch (error) {
      this.options.failed(error);
    }
    if (!this.over) this.timer = setTimeout(() => void this.start(), this.options.everyMs);
  }

  /** Resolves when the work under way is done. */
  async stop(): Promise<void> {
    this.over = true;
    clearTimeout(this.timer);
    await this.running;
  }

  note(item: Item): void {
    this.due.set(this.options.keyOf(item), item);
    this.wake();
  }

  private wake(): void {
    this.running ??= this.run().finally(() => {
      this.running = undefined;
      if (this.due.size > 0 && !this.over) this.wake();
    });
  }

  private async run(): Promise<void> {
    for (const [key, item] of this.due) {
      if (this.over) return;
      this.due.delete(key);
      await this.options.work(item).catch((error: unknown) => this.options.failed(error, item));
    }
  }
}
