import type { Recorded } from '#libs/kernel';

/** Whose keys sealed an event: of those it concerns, else the practice's own. */
export const personsIn = (practiceId: string, subjects: readonly string[]): readonly string[] =>
  subjects.length === 0 ? [practiceId] : subjects;

/** Whose keys an event says were destroyed; nobody's, nearly always. */
export const erasedBy = ({
  type,
  stream,
  data,
}: Pick<Recorded, 'type' | 'stream' | 'data'>): string | undefined =>
  type === 'SubjectKeyDestroyed' && stream.startsWith('legal-')
    ? String((data as { clientId?: unknown }).clientId)
    : undefined;

/**
 * Tells what was erased from what was hidden: words that are sealed may be gone, if and only if the history says later
 * that the keys of somebody they concern were destroyed. Told of everything in the order of the log.
 */
export class Erasures {
  /** by the persons concerned: how many events lack their words, and the first of them */
  private readonly unexplained = new Map<
    string,
    { persons: readonly string[]; first: number; count: number }
  >();
  private explained = 0;

  lacks(position: number, persons: readonly string[]): void {
    const key = persons.join();
    const { first = position, count = 0 } = this.unexplained.get(key) ?? {};
    this.unexplained.set(key, { persons, first, count: count + 1 });
  }

  destroyed(person: string): void {
    for (const [key, { persons, count }] of this.unexplained) {
      if (!persons.includes(person)) continue;
      this.explained += count;
      this.unexplained.delete(key);
    }
  }

  /** The first event whose words are gone though no key of theirs was destroyed after it. */
  firstHidden(): number | undefined {
    const firsts = [...this.unexplained.values()].map(({ first }) => first);
    return firsts.length === 0 ? undefined : Math.min(...firsts);
  }

  /** Of how many events the words are gone for a reason. */
  count(): number {
    return this.explained;
  }
}

export const HIDDEN =
  'what was sealed of it is gone, and no destroyed key is on record that would explain it';
