import type { Locale } from './locales/locale.js';

/**
 * Fills the gaps of a phrase in one pass, so that `{…}` or `$&` in somebody's own words stays what they wrote.
 * @throws Error for a gap nobody fills: a client must never read one
 */
export function fill(phrase: string, gaps: Readonly<Record<string, string>>): string {
  return phrase.replace(/\{(\w+)\}/g, (_, name: string) => {
    const words = gaps[name];
    if (words === undefined) throw new Error(`nothing fills {${name}} in “${phrase}”`);
    return words;
  });
}

/** `a`, `a and b`, `a, b and c`. */
export function joined(items: readonly string[], { list }: Locale): string {
  const [last, ...before] = items.toReversed();
  if (last === undefined) return '';
  return before.length === 0 ? last : before.toReversed().join(list.comma) + list.and + last;
}

/**
 * The words for a set: known codes first, in the order of the table, then own words in code-unit order. The set's own
 * order leaves no trace, so a set that was only reordered reads the same and hashes the same.
 */
export function spoken(set: readonly string[], table: Readonly<Record<string, string>>): string[] {
  const known = Object.keys(table).filter((code) => set.includes(code));
  const own = set.filter((words) => !Object.hasOwn(table, words)).map(tidy);
  return [...known.map((code) => table[code]!), ...own.sort()];
}

/** Somebody's words with one kind of line end and nothing around them. */
export const tidy = (words: string): string => words.replace(/\r\n?/g, '\n').trim();

/** Words that other words follow: they get a full stop unless they end in a sign of their own. */
export const sentence = (words: string): string =>
  /[\p{P}\p{S}]$/u.test(tidy(words)) ? tidy(words) : `${tidy(words)}.`;
