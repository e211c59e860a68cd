import type { ShownEvent } from './shown.js';

/** The greeting sends the headers on their way and says after how many milliseconds to come again. */
export const GREETING = ': candor\nretry: 2000\n\n';

/** One event as the HTML Standard writes it; `id` is what the next Last-Event-ID says. JSON has no raw line breaks. */
export const frame = (event: ShownEvent): string =>
  `id: ${event.position}\ndata: ${JSON.stringify(event)}\n\n`;

/**
 * Keeps the connection open, and moves the last id on, so that whoever comes again with a filter need not have everything
 * looked through anew. Without `data` nothing is dispatched.
 */
export const heartbeat = (position: number): string => `: quiet\nid: ${position}\n\n`;

/** An id that was sent; undefined when it is none. */
export const positionIn = (lastEventId: string): number | undefined =>
  /^(0|[1-9]\d{0,14})$/.test(lastEventId) ? Number(lastEventId) : undefined;
