/** Why a body was refused: one code per cause. */
export type StrictJsonCode =
  | 'empty_body'
  | 'invalid_utf8'
  | 'byte_order_mark'
  | 'unexpected_end'
  | 'unexpected_character'
  | 'trailing_content'
  | 'too_many_levels'
  | 'duplicate_key'
  | 'forbidden_key'
  | 'null_character'
  | 'control_character'
  | 'lone_surrogate'
  | 'invalid_escape'
  | 'invalid_number'
  | 'negative_zero'
  | 'number_out_of_range'
  | 'number_too_precise';

/** What to do about each of them. Nothing of the body is repeated here: it may be somebody's words. */
const ADVICE: Record<StrictJsonCode, string> = {
  empty_body: 'Send a JSON value; the body is empty.',
  invalid_utf8: 'Encode the body as UTF-8; it holds bytes that are not.',
  byte_order_mark: 'Send the JSON without a byte order mark at its beginning.',
  unexpected_end: 'Send the whole JSON value; the body stops inside it.',
  unexpected_character: 'Send well-formed JSON (RFC 8259); a character does not belong here.',
  trailing_content: 'Send exactly one JSON value; something follows it.',
  too_many_levels: 'Nest arrays and objects less deeply.',
  duplicate_key: 'Name each member of an object once.',
  forbidden_key: 'Rename this member: __proto__, constructor and prototype are not accepted as names.',
  null_character: 'Leave out U+0000; it cannot be stored in text.',
  control_character: 'Escape control characters in text, for example a line break as \\n.',
  lone_surrogate: 'Send whole characters: half of a surrogate pair is not text.',
  invalid_escape:
    'Use only the escapes of JSON: \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hex digits.',
  invalid_number:
    'Write the number as JSON does: no leading zeros, and digits on both sides of a decimal point.',
  negative_zero: 'Send 0 instead of -0.',
  number_out_of_range:
    'Send a number between -9007199254740991 and 9007199254740991 that is not too small to keep.',
  number_too_precise: 'Send at most 15 significant digits, or send the number as text.',
};

/**
 * The request body is not JSON as this service accepts it. Answered with 400, never repaired.
 */
export class StrictJsonError extends Error {
  /** what to do next */
  readonly detail: string;

  constructor(
    readonly code: StrictJsonCode,
    /** RFC 6901 pointer to the value or member at fault; `''` is the whole body */
    readonly pointer: string,
  ) {
    super(`${code} at "${pointer}": ${ADVICE[code]}`);
    this.name = 'StrictJsonError';
    this.detail = ADVICE[code];
  }
}

const LEVELS = 32;
// ignoreBOM keeps the mark in the text, where it can be seen and refused
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses a request body, refusing everything two readers could understand differently or that would be changed
 * by reading it (RFC 7493, I-JSON): duplicate keys, bad UTF-8, U+0000, lone surrogates, rounded
 * numbers.
 * What it accepts equals `JSON.parse` of the same text.
 * @param limits `levels`: how deeply arrays and objects may nest, 32 unless told otherwise
 * @throws StrictJsonError with the first thing that is wrong
 */
export function parseStrictJson(bytes: Uint8Array, limits: { readonly levels?: number } = {}): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new StrictJsonError('invalid_utf8', '');
  }
  if (text.charCodeAt(0) === 0xfeff) throw new StrictJsonError('byte_order_mark', '');
  return new Parser(text, limits.levels ?? LEVELS).document();
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NOT_PLAIN = /[\\\u0000-\u001f]/; // oxlint-disable-line no-control-regex -- finding them is the point
const NUMBER = /-?(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?/y;
const NUMBER_GOES_ON = /[\w.+-]/;
const HEX4 = /^[0-9a-fA-F]{4}$/;
const ESCAPES = new Map(
  Object.entries({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }),
);

/** One pass over the text. It recurses once per level, so the limit on levels also bounds the stack. */
class Parser {
  private at = 0;
  private depth = 0;
  /** keys and indexes down to the place being read; only the first `depth` count */
  private readonly path: (string | number)[] = [];

  constructor(
    private readonly text: string,
    private readonly levels: number,
  ) {}

  document(): unknown {
    if (Number.isNaN(this.next())) this.fail('empty_body');
    const value = this.value();
    if (!Number.isNaN(this.next())) this.fail('trailing_content');
    return value;
  }

  private value(): unknown {
    switch (this.next()) {
      case QUOTE:
        return this.string();
      case 0x7b: // {
        return this.object();
      case 0x5b: // [
        return this.array();
      case 0x74: // t
        return this.word('true', true);
      case 0x66: // f
        return this.word('false', false);
      case 0x6e: // n
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  private object(): Record<string, unknown> {
    const members: Record<string, unknown> = {};
    const place = this.enter();
    if (this.next() !== 0x7d) {
      for (;;) {
        this.depth = place; // a fault in a name belongs to the object, one in its value to the member
        if (this.next() !== QUOTE) this.unexpected();
        const key = this.string();
        this.path[place] = key;
        this.depth = place + 1;
        if (key === '__proto__' || key === 'constructor' || key === 'prototype') this.fail('forbidden_key');
        if (Object.hasOwn(members, key)) this.fail('duplicate_key');
        if (this.next() !== 0x3a) this.unexpected();
        this.at++;
        members[key] = this.value();
        const separator = this.next();
        if (separator === 0x7d) break;
        if (separator !== 0x2c) this.unexpected();
        this.at++;
      }
    }
    this.at++;
    this.depth = place;
    return members;
  }

  private array(): unknown[] {
    const items: unknown[] = [];
    const place = this.enter();
    if (this.next() !== 0x5d) {
      this.depth = place + 1;
      for (;;) {
        this.path[place] = items.length;
        items.push(this.value());
        const separator = this.next();
        if (separator === 0x5d) break;
        if (separator !== 0x2c) this.unexpected();
        this.at++;
      }
    }
    this.at++;
    this.depth = place;
    return items;
  }

  /** Steps over a bracket. @returns the place in `path` of what is inside */
  private enter(): number {
    if (this.depth >= this.levels) this.fail('too_many_levels');
    this.at++;
    return this.depth;
  }

  private string(): string {
    const start = this.at + 1;
    const end = this.text.indexOf('"', start);
    const plain = end < 0 ? this.text.slice(start) : this.text.slice(start, end);
    if (end < 0 || NOT_PLAIN.test(plain)) return this.escapedString(start);
    this.at = end + 1;
    return plain;
  }

  private escapedString(start: number): string {
    const { text } = this;
    let result = '';
    let copied = start;
    for (let at = start; ;) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        this.at = at + 1;
        return result + text.slice(copied, at);
      }
      if (code === BACKSLASH) {
        result += text.slice(copied, at);
        this.at = at;
        result += this.escape();
        at = copied = this.at;
      } else if (code >= 0x20) at++;
      else if (code === 0) this.fail('null_character');
      else this.fail(Number.isNaN(code) ? 'unexpected_end' : 'control_character');
    }
  }

  private escape(): string {
    const letter = this.text.charAt(this.at + 1);
    if (letter !== 'u') {
      const character = ESCAPES.get(letter) ?? this.fail(letter === '' ? 'unexpected_end' : 'invalid_escape');
      this.at += 2;
      return character;
    }
    const unit = this.codeUnit();
    if (unit === 0) this.fail('null_character');
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
    // only another escape can complete a pair: the raw halves cannot be written in UTF-8
    if (unit > 0xdbff || !this.text.startsWith('\\u', this.at)) this.fail('lone_surrogate');
    const low = this.codeUnit();
    if (low < 0xdc00 || low > 0xdfff) this.fail('lone_surrogate');
    return String.fromCharCode(unit, low);
  }

  private codeUnit(): number {
    const hex = this.text.slice(this.at + 2, this.at + 6);
    if (!HEX4.test(hex)) this.fail(hex.length < 4 ? 'unexpected_end' : 'invalid_escape');
    this.at += 6;
    return Number.parseInt(hex, 16);
  }

  private number(): number {
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.text);
    const first = this.text.charCodeAt(this.at);
    if (!match)
      return first === 0x2d || first === 0x2b || first === 0x2e
        ? this.fail('invalid_number')
        : this.unexpected();
    const [literal, whole = '', fraction, exponent] = match;
    this.at += literal.length;
    if (NUMBER_GOES_ON.test(this.text.charAt(this.at))) this.fail('invalid_number');
    const value = Number(literal);
    const plainInteger = fraction === undefined && exponent === undefined;
    if (plainInteger && value !== 0 && Number.isSafeInteger(value)) return value;
    return this.unrounded(value, first === 0x2d, significant(whole + (fraction ?? '')));
  }

  /**
   * A number survives reading when what comes out has the digits that went in (IEEE 754 binary64 keeps 15).
   */
  private unrounded(value: number, negative: boolean, digits: string): number {
    if (digits === '') return negative ? this.fail('negative_zero') : 0;
    if (value === 0 || !Number.isFinite(value)) this.fail('number_out_of_range');
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) this.fail('number_out_of_range');
    if (!Number.isInteger(value) && digits.length > 15) this.fail('number_too_precise');
    const [kept = ''] = String(Math.abs(value)).split('e');
    if (significant(kept.replace('.', '')) !== digits) this.fail('number_too_precise');
    return value;
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) this.unexpected();
    this.at += word.length;
    return value;
  }

  /** Skips white space. @returns the character there, NaN at the end; it is not consumed */
  private next(): number {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
      this.at++;
    }
  }

  private unexpected(): never {
    return this.fail(this.at >= this.text.length ? 'unexpected_end' : 'unexpected_character');
  }

  private fail(code: StrictJsonCode): never {
    const places = this.path
      .slice(0, this.depth)
      .map((place) => `/${String(place).replaceAll('~', '~0').replaceAll('/', '~1')}`);
    throw new StrictJsonError(code, places.join(''));
  }
}

/**
 * Digits without the zeros around them; loops, because `0+$` would take quadratic time on a megabyte of
 * zeros.
 */
function significant(digits: string): string {
  let from = 0;
  let to = digits.length;
  while (from < to && digits.charCodeAt(from) === 0x30) from++;
  while (to > from && digits.charCodeAt(to - 1) === 0x30) to--;
  return digits.slice(from, to);
}
