/** What a wrapped key belongs to; it unwraps with the very same only. */
export type KeyContext = Readonly<Record<string, string>>;

/** Keeps a root key, or knows who does. The root key wraps practice keys and never leaves it. */
export interface KeyProvider {
  /** stored beside everything it wraps, so that the right one is asked later; names the root key, tells nothing of it */
  readonly name: string;
  wrap(key: Buffer, context: KeyContext): Promise<Buffer>;
  /** @throws SealBroken when it was altered or belongs to something else */
  unwrap(wrapped: Buffer, context: KeyContext): Promise<Buffer>;
}
