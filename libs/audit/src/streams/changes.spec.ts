import { describe, expect, it } from 'vitest';
import { changesBetween } from './changes.js';
import { withoutPersonal, type Personal } from './redaction.js';

const NONE: Personal = { names: new Set(), texts: new Set() };
const PERSONAL: Personal = { names: new Set(['legalName', 'words']), texts: new Set(['I miss him']) };

describe('a state without personal fields', () => {
  it('leaves out members of personal names wherever they occur and names them', () =>
    expect(
      withoutPersonal(
        { details: { legalName: 'Ada', languages: ['en'] }, drafts: [{ no: 1, words: 'w' }], words: {} },
        PERSONAL,
      ),
    ).toEqual({
      value: { details: { languages: ['en'] }, drafts: [{ no: 1 }] },
      withheld: ['legalName', 'words'],
    }));

  it('leaves out what somebody said under whatever name it is kept', () =>
    expect(
      withoutPersonal({ last: 'I miss him', all: ['fine', 'I miss him'], plain: ['fine'] }, PERSONAL),
    ).toEqual({ value: { plain: ['fine'] }, withheld: ['all', 'last'] }));

  it('leaves out bare hashes, by which a guess of the words could be checked, and keeps those of documents', () => {
    const hash = 'a'.repeat(64);
    expect(withoutPersonal({ seen: [hash], one: hash, contentHash: `sha256:${hash}` }, NONE)).toEqual({
      value: { contentHash: `sha256:${hash}` },
      withheld: ['one', 'seen'],
    });
  });

  it('says the same of a state that has none', () =>
    expect(withoutPersonal({ a: [null, 1, 'x', { b: false }] }, PERSONAL)).toEqual({
      value: { a: [null, 1, 'x', { b: false }] },
      withheld: [],
    }));
});

describe('changes between two states', () => {
  it('are none between equal ones', () => expect(changesBetween({ a: [1] }, { a: [1] }, NONE)).toEqual([]));

  it('name the deepest place that differs, as RFC 6901 writes it', () =>
    expect(changesBetween({ 'a/b': { '~': 1, same: 0 } }, { 'a/b': { '~': 2, same: 0 } }, NONE)).toEqual([
      { path: '/a~1b/~0', before: 1, after: 2 },
    ]));

  it('tell something added or taken away from something that is null', () =>
    expect(
      changesBetween({ gone: 1, list: [1, 2], nulled: 1 }, { came: 1, list: [1], nulled: null }, NONE),
    ).toEqual([
      { path: '/came', after: 1 },
      { path: '/gone', before: 1 },
      { path: '/list/1', before: 2 },
      { path: '/nulled', before: 1, after: null },
    ]));

  it('show another shape whole', () =>
    expect(changesBetween({ a: { b: 1 } }, { a: [1] }, NONE)).toEqual([
      { path: '/a', before: { b: 1 }, after: [1] },
    ]));

  it('name a personal field that differs and never what it says', () =>
    expect(
      changesBetween({ details: { legalName: 'Ada' } }, { details: { legalName: 'Grace' } }, PERSONAL),
    ).toEqual([{ path: '/details/legalName', withheld: ['legalName'] }]));

  it('name a member that says what somebody said, and never what it says', () =>
    expect(changesBetween({ last: 'nothing' }, { last: 'I miss him' }, PERSONAL)).toEqual([
      { path: '/last', withheld: ['last'] },
    ]));

  it('leave personal fields out of what was added', () =>
    expect(changesBetween({ list: [] }, { list: [{ no: 1, words: 'w' }] }, PERSONAL)).toEqual([
      { path: '/list/0', after: { no: 1 }, withheld: ['words'] },
    ]));
});
