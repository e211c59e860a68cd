import type { Recorded } from '#libs/kernel';
import { agreement, type AgreementEvent } from './agreement.js';

/** What a read model keeps of an event: whatever is declared personal is blank, so that no row holds anybody's words. */
export function wordless<E extends Recorded<AgreementEvent>>(event: E): E {
  const personal: readonly string[] = agreement.events[event.type].personal;
  const data = Object.entries(event.data).map(([name, value]) => [
    name,
    personal.includes(name) ? '' : value,
  ]);
  return { ...event, data: Object.fromEntries(data) };
}
