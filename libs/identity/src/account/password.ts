import { reasonIf, type Reason } from '#libs/kernel';
import { COMMON } from './common-passwords.js';

const LEAST_LENGTH = 12;

/** So many characters must remain, and so many different ones, when everything that is tried first is taken out. */
const REMAINS = 6;
const DIFFERENT = 4;

/**
 * Why a password will not do. Length counts, not kinds of characters; but the most common passwords, and the names of the
 * person, the practice and the account, are what is tried first and count for nothing.
 */
export function passwordReasons(password: string, names: readonly string[]): Reason[] {
  const remains = withoutTheObvious(plain(password), names.flatMap(words));
  return [
    ...reasonIf(
      [...password].length < LEAST_LENGTH,
      'password_too_short',
      `Use at least ${LEAST_LENGTH} characters; several words that do not belong together are easy to keep.`,
    ),
    ...reasonIf(
      remains.length < REMAINS || new Set(remains).size < DIFFERENT,
      'password_too_common',
      'This is among what is tried first: common passwords, sequences, or your name or the practice’s. Choose other words.',
    ),
  ];
}

const LETTER: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

const plain = (text: string): string => text.normalize('NFKC').toLowerCase();
/** Letters written as digits fool nobody. */
const respelled = (text: string): string => text.replaceAll(/[0134571@$!]/g, (sign) => LETTER[sign] ?? sign);

const words = (name: string): string[] =>
  plain(name)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 2);

function withoutTheObvious(password: string, names: readonly string[]): string {
  const obvious = [...names, ...COMMON].sort((a, b) => b.length - a.length);
  const strip = (text: string) => obvious.reduce((rest, word) => rest.replaceAll(word, ''), text);
  return strip(respelled(strip(password))).replaceAll(/[\s\p{P}\p{S}]|(.)(?=\1)/gu, '');
}
