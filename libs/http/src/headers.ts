import { malformed } from './problem.js';

/**
 * Headers of which there is one, by their RFC or because one is all that is looked at. Node takes the first of some and
 * joins others, whoever stands before it may take the last: so two of them are two requests, and neither is answered.
 */
const ONE_ONLY = new Map(
  [
    'Authorization',
    'Content-Encoding',
    'Content-Length',
    'Content-Type',
    'Cookie',
    'Date',
    'Expect',
    'From',
    'Host',
    'Idempotency-Key',
    'If-Match',
    'If-Modified-Since',
    'If-None-Match',
    'If-Range',
    'If-Unmodified-Since',
    'Last-Event-ID',
    'Max-Forwards',
    'Origin',
    'Proxy-Authorization',
    'Range',
    'Referer',
    'Sec-Fetch-Dest',
    'Sec-Fetch-Mode',
    'Sec-Fetch-Site',
    'Transfer-Encoding',
    'User-Agent',
    'X-Purpose',
  ].map((name) => [name.toLowerCase(), name]),
);

/** @param rawHeaders as they came: names and values in turn @throws DomainError `malformed`, naming each that came twice */
export function refuseTwice(rawHeaders: readonly string[]): void {
  const names = rawHeaders.flatMap((text, index) =>
    index % 2 === 0 ? (ONE_ONLY.get(text.toLowerCase()) ?? []) : [],
  );
  const twice = new Set(names.filter((name, index) => names.indexOf(name) < index));
  if (twice.size > 0)
    throw malformed(
      [...twice].map((pointer) => ({
        pointer,
        code: 'header_sent_twice',
        detail: `Send the header ${pointer} once. Nobody could say which of them counts.`,
      })),
    );
}
