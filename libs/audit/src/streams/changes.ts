import { isDeepStrictEqual } from 'node:util';
import { isObject, isPersonal, withoutPersonal, type Personal } from './redaction.js';

/** One difference. `before` is missing where something was added, `after` where it was taken away. */
export interface Change {
  /** RFC 6901 */
  path: string;
  before?: unknown;
  after?: unknown;
  /** names of personal fields left out; one that changed is named and nothing more */
  withheld?: string[];
}

/**
 * What differs between two JSON values, as deep as both have the same shape; lists are compared place by
 * place. Personal fields that differ are named, and what they say stays out.
 */
export function changesBetween(before: unknown, after: unknown, personal: Personal, path = ''): Change[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) {
    const places = Math.max(before.length, after.length);
    return Array.from({ length: places }, (_, place) => place).flatMap((place) =>
      member(before, after, String(place), personal, path),
    );
  }
  if (isObject(before) && isObject(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .sort()
      .flatMap((name) =>
        isPersonal(name, before[name], personal) || isPersonal(name, after[name], personal)
          ? isDeepStrictEqual(before[name], after[name])
            ? []
            : [{ path: pointer(path, name), withheld: [name] }]
          : member(before, after, name, personal, path),
      );
  return [change(path, { before, after }, personal)];
}

function member(before: object, after: object, name: string, personal: Personal, parent: string): Change[] {
  const path = pointer(parent, name);
  const [was, is] = [before, after].map((side) =>
    Object.hasOwn(side, name) ? { value: (side as Record<string, unknown>)[name] } : undefined,
  );
  if (was && is) return changesBetween(was.value, is.value, personal, path);
  const sides = { ...(was ? { before: was.value } : {}), ...(is ? { after: is.value } : {}) };
  return [change(path, sides, personal)];
}

function change(path: string, sides: { before?: unknown; after?: unknown }, personal: Personal): Change {
  const { value, withheld } = withoutPersonal(sides, personal);
  return { path, ...(value as typeof sides), ...(withheld.length > 0 ? { withheld } : {}) };
}

const pointer = (parent: string, name: string): string =>
  `${parent}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
