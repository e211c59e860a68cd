import type { Dimensions } from '#libs/stance';
import type { Preferences } from './inquiry.js';

/** What of a therapist's stance goes against the client's wishes, a sentence each. @param stated undefined: nothing published */
export function stanceConflicts({ stance = [] }: Preferences, stated: Dimensions | undefined): string[] {
  if (stance.length === 0) return [];
  if (!stated)
    return ['The therapist has published no stance for this kind of unit, so the wishes cannot be judged.'];
  return stance.flatMap(({ dimension, value }) => {
    const words = wordsOf(Object.entries(stated).find(([name]) => name === dimension)?.[1]);
    if (words.includes(value)) return [];
    return [
      `The client wishes for ${dimension} ${value}; the therapist states ${words.join(', ') || 'nothing'}.`,
    ];
  });
}

/** Every word a dimension is answered with, wherever in it. */
function wordsOf(answer: unknown): string[] {
  if (typeof answer === 'object' && answer !== null) return Object.values(answer).flatMap(wordsOf);
  return answer === undefined ? [] : [String(answer)];
}
