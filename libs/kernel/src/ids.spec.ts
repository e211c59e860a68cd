import { describe, expect, test } from 'vitest';
import { deriveId, isUuid, uuidv7 } from './ids.js';

const MOMENT = Date.parse('2026-06-15T09:00:00.000Z');

describe('a new id', () => {
  test('is a UUID of version 7 that begins with its millisecond', () => {
    const id = uuidv7(MOMENT);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(MOMENT);
  });

  test('sorts after every id of an earlier millisecond', () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => uuidv7(MOMENT + index));
    expect(ids.toSorted()).toEqual(ids);
  });

  test('is never made twice, not even in the same millisecond', () => {
    const ids = Array.from({ length: 10_000 }, () => uuidv7(MOMENT));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every(isUuid)).toBe(true);
  });
});

describe('the id of a thing that a natural key names', () => {
  test('is the same today and in ten years', () => {
    expect(deriveId('consent', 'relationship 1', 'person 1')).toBe('efd567f1-f09b-89b7-9bab-017c433c39b3');
  });

  test('is a UUID of version 8', () => {
    expect(deriveId('anything')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab]/);
    expect(isUuid(deriveId('anything'))).toBe(true);
  });

  test('differs when a part ends elsewhere, or the parts come in another order', () => {
    const ids = [deriveId('a', 'bc'), deriveId('ab', 'c'), deriveId('abc'), deriveId('c', 'ab'), deriveId()];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test.each(['', 'x', '0190AAAA-0000-7000-8000-000000000001', '0190aaaa00007000800000000000000001'])(
  '"%s" is no id',
  (text) => expect(isUuid(text)).toBe(false),
);
