/** A key out of its wrapping. `version` tells which of the keys of its owner it is. */
export interface OpenKey {
  readonly version: number;
  /** wiped with zeros when the cache drops it; whoever is given a key gets a copy */
  readonly bytes: Buffer;
}

/** Open keys for a short time: a bounded number, the least used leaves first, none stays longer than `maxAge` milliseconds. */
export class KeyCache {
  private readonly entries = new Map<string, OpenKey & { until: number }>();
  private readonly timer: NodeJS.Timeout;
  /** counts what was forgotten: a key read before is not put back after */
  generation = 0;

  constructor(
    private readonly most: number,
    private readonly maxAge: number,
    private readonly now: () => number,
  ) {
    this.timer = setInterval(() => this.sweep(), Math.min(maxAge, 30_000)).unref();
  }

  get size(): number {
    return this.entries.size;
  }

  /** @returns a copy, which is the caller's to wipe */
  take(name: string): OpenKey | undefined {
    const entry = this.entries.get(name);
    if (!entry) return undefined;
    this.entries.delete(name);
    if (entry.until <= this.now()) {
      entry.bytes.fill(0);
      return undefined;
    }
    this.entries.set(name, entry);
    return { version: entry.version, bytes: Buffer.from(entry.bytes) };
  }

  /** Keeps a copy, unless something was forgotten since `generation`. */
  put(name: string, { version, bytes }: OpenKey, generation: number): void {
    if (generation !== this.generation) return;
    this.drop(name);
    this.entries.set(name, { version, bytes: Buffer.from(bytes), until: this.now() + this.maxAge });
    if (this.entries.size > this.most) this.drop(this.entries.keys().next().value!);
  }

  /** Drops every key whose name begins so. */
  forget(beginning: string): void {
    this.generation++;
    for (const name of this.entries.keys()) if (name.startsWith(beginning)) this.drop(name);
  }

  close(): void {
    clearInterval(this.timer);
    this.forget('');
  }

  /** Wipes what is too old, whether or not anybody asks for it. */
  sweep(): void {
    for (const [name, { until }] of this.entries) if (until <= this.now()) this.drop(name);
  }

  private drop(name: string): void {
    this.entries.get(name)?.bytes.fill(0);
    this.entries.delete(name);
  }
}
