import { hash } from 'node:crypto';

// eslint-disable-next-line no-control-regex -- U+0000 is what must not pass
const UNSTORABLE = /[\u0000\ud800-\udfff]/;

/**
 * RFC 8785 (JSON Canonicalization Scheme) for the values the log may hold: well-formed text without U+0000, booleans,
 * null, integers within ±(2^53−1), arrays and plain objects; a member that is `undefined` is left out.
 * @throws TypeError for a value that cannot be hashed
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      if (UNSTORABLE.test(value) && (value.includes('\u0000') || !isWellFormed(value)))
        throw new TypeError('text with U+0000 or a lone surrogate cannot be stored');
      return JSON.stringify(value);
    case 'number':
      if (!Number.isSafeInteger(value))
        throw new TypeError('only whole numbers within ±(2^53−1) can be stored');
      return value === 0 ? '0' : String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value)
        ? `[${value.map(canonicalJson).join(',')}]`
        : canonicalObject(value as Record<string, unknown>);
    default:
      throw new TypeError(`a ${typeof value} cannot be stored`);
  }
}

/** Whether two values say the same, whatever the order of their members. */
export const same = (one: unknown, other: unknown): boolean => canonicalJson(one) === canonicalJson(other);

function canonicalObject(members: Record<string, unknown>): string {
  let text = '';
  for (const key of Object.keys(members).sort()) {
    const member = members[key];
    if (member !== undefined) text += `${text ? ',' : ''}${canonicalJson(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** No lone surrogates (ES2024 `String.prototype.isWellFormed`, which Node 20 has and the es2023 library does not declare). */
export function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

/** SHA-256 of UTF-8 text, lower-case hex. */
export const sha256 = (text: string): string => hash('sha256', text, 'hex');

/** How a hash of a text is shown to people and in events: `sha256:<hex>`. */
export const contentHash = (text: string): string => `sha256:${sha256(text)}`;
