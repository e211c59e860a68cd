import type { UnitKind } from '#libs/client';
import type { Format } from '#libs/practice';
import type { Dimensions } from '#libs/stance';

/** A value of a stance dimension, wherever in the dimension it stands. */
export type StanceValue = { dimension: string; value: string };

/**
 * What the client asks for. A wish (`format`, `languages`, `stance`) that is not met only ranks a therapist lower; what the
 * client excludes stands in the way.
 */
export type Preferences = {
  format?: Format;
  excludedFormats?: Format[];
  unitKind?: UnitKind;
  /** BCP 47 */
  languages?: string[];
  stance?: StanceValue[];
  excludedStance?: StanceValue[];
  excludedTherapistIds?: string[];
};

/** Whether a stance says this of itself. */
export const states = (stance: Dimensions, { dimension, value }: StanceValue): boolean =>
  statedOf(stance, dimension).includes(value);

/** Every word a dimension is answered with, wherever in it. */
export const statedOf = (stance: Dimensions, dimension: string): string[] =>
  wordsIn(Object.entries(stance).find(([name]) => name === dimension)?.[1]);

function wordsIn(answer: unknown): string[] {
  if (typeof answer === 'object' && answer !== null) return Object.values(answer).flatMap(wordsIn);
  return answer === undefined ? [] : [String(answer)];
}

/** `informationSources` reads `information sources`, `on_invitation` reads `on invitation`. */
export const inWords = (code: string): string =>
  code.replaceAll('_', ' ').replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
