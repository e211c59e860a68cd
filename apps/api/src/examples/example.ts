import type { Instant } from '#libs/kernel';
import type { STAFF } from './names.js';

/** One request of the tour. All of them, sent from the first to the last to an empty service, succeed. */
export interface Example {
  /** What happens, in one sentence. */
  readonly title: string;
  /** As in the document: `POST /v1/clients/{id}/merge`. */
  readonly operation: `${'GET' | 'POST'} /${string}`;
  readonly as: 'anyone' | 'operator' | keyof typeof STAFF;
  /** When; a minute after the one before unless told. */
  readonly at?: Instant;
  /** What stands for the `{names}` in the address. */
  readonly path?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: object;
  /** Only where a later one counts on it. */
  readonly idempotencyKey?: string;
  /** In place of `application/json`. */
  readonly accept?: string;
  /** By which id the tour calls the event that this appends: the service makes event ids itself. */
  readonly eventId?: string;
  /** What the tour calls members of the answer that the service makes itself, by their name there. */
  readonly makes?: Readonly<Record<string, string>>;
}

/** Where it is sent: `/v1/clients?q=oka`. */
export function addressOf({ operation, path = {}, query = {} }: Example): string {
  const address = operation
    .split(' ')[1]!
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => String(path[name] ?? `{${name}}`));
  const asked = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return asked.length > 0 ? `${address}?${asked.join('&')}` : address;
}
