import { isUuid, parseStream } from '#libs/kernel';

/** Members that are ids of no client's thing: there are many in a history, and nobody needs to look them up. */
const NO_THINGS = new Set(['eventId', 'commandId', 'correlationId', 'causationId', 'practiceId', 'leafHash']);

/** A UUID as it stands, or that of a stream (`consent-018f…`). */
function idIn(text: string): string | undefined {
  if (isUuid(text)) return text;
  const { id } = parseStream(text.slice(0, 60));
  return isUuid(id) ? id : undefined;
}

/** Every id of a thing anywhere in a request or an answer, whatever it is called there. */
export function idsIn(value: unknown, into = new Set<string>()): Set<string> {
  if (typeof value === 'string') {
    const id = idIn(value);
    if (id) into.add(id);
  } else if (Array.isArray(value)) {
    for (const one of value) idsIn(one, into);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, one] of Object.entries(value)) if (!NO_THINGS.has(name)) idsIn(one, into);
  }
  return into;
}
