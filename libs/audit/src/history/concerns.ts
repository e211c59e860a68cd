import { parseStream, type Recorded } from '#libs/kernel';

/** The relationship an event belongs to: its stream's, or the one its data names. */
export function relationshipOf(event: Recorded): string | undefined {
  const { category, id } = parseStream(event.stream);
  return category === 'relationship' ? id : textIn(event.data, 'relationshipId');
}

/** The event that an event corrects. */
export const correctedIn = (event: Recorded): string | undefined => textIn(event.data, 'correctsEventId');

function textIn(data: object, name: string): string | undefined {
  const value = (data as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : undefined;
}
