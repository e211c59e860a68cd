import { canonicalJson, contentHash, reasonIf, type Reason, same } from '#libs/kernel';

/** The headings each format of progress note has, in their order. */
export const HEADINGS = {
  free: ['text'],
  soap: ['subjective', 'objective', 'assessment', 'plan'],
  dap: ['data', 'assessment', 'plan'],
  birp: ['behaviour', 'intervention', 'response', 'plan'],
} as const;
export type NoteFormat = keyof typeof HEADINGS;
export const NOTE_FORMATS = Object.keys(HEADINGS) as NoteFormat[];
export type Heading = (typeof HEADINGS)[NoteFormat][number];

/** What stands under each heading. A draft may leave headings out, a signed note may not. */
export type NoteText = { format: NoteFormat; sections: Partial<Record<Heading, string>> };

/** `sha256:<hex>` over the canonical JSON of the session, the format and the sections. */
export const hashOfText = (sessionId: string, { format, sections }: NoteText): string =>
  contentHash(canonicalJson({ sessionId, format, sections }));

/** `sha256:<hex>` over what is amended, so that an amendment belongs to one signed text only. */
export const hashOfAmendment = (amends: string, no: number, kind: string, words: string): string =>
  contentHash(canonicalJson({ amends, no, kind, words }));

export const sameText = (one: NoteText, other: NoteText): boolean =>
  same([one.format, one.sections], [other.format, other.sections]);

/** Headings of another format, and nothing written at all. */
export function draftReasons({ format, sections }: NoteText): Reason[] {
  const own: readonly string[] = HEADINGS[format];
  const strange = Object.keys(sections).filter((heading) => !own.includes(heading));
  return [
    ...reasonIf(
      strange.length > 0,
      'heading_of_another_format',
      `The format ${format} has the headings ${own.join(', ')}. Leave out ${strange.join(', ')}.`,
    ),
    ...reasonIf(
      Object.values(sections).every((words) => !words.trim()),
      'note_empty',
      `Write something under one of the headings ${own.join(', ')}.`,
    ),
  ];
}

/** Headings that are still empty: an unfinished note is not signed. */
export function unfinishedReasons({ format, sections }: NoteText): Reason[] {
  const written = sections as Readonly<Record<string, string | undefined>>;
  const empty = HEADINGS[format].filter((heading) => !written[heading]?.trim());
  return reasonIf(
    empty.length > 0,
    'note_unfinished',
    `Write what belongs under ${empty.join(', ')}, then sign.`,
  );
}
