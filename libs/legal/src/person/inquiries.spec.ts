import { describe, expect, it } from 'vitest';
import { inquiriesOf, type InquiryLine } from './inquiries.js';

const received = (id: string, more: Partial<InquiryLine> = {}): InquiryLine => ({
  id,
  type: 'InquiryReceived',
  clientId: null,
  linkedInquiryId: null,
  ...more,
});
const closed = (id: string, type: string, clientId: string | null = null) => received(id, { type, clientId });
const of = (ids: string[], ...lines: InquiryLine[]) => inquiriesOf(lines, ids);

describe('The inquiries of a person', () => {
  it('are those that say who the client is, and those that became theirs', () =>
    expect(
      of(
        ['mira'],
        received('a', { clientId: 'mira' }),
        received('b'),
        closed('b', 'InquiryAccepted', 'mira'),
        received('c'),
      ),
    ).toEqual([
      { id: 'a', open: true },
      { id: 'b', open: false },
    ]));
  it('are also those that went before, though nobody was a client then', () =>
    expect(
      of(
        ['mira'],
        received('a'),
        closed('a', 'InquiryDeclined'),
        received('b', { linkedInquiryId: 'a' }),
        closed('b', 'InquiryWithdrawn'),
        received('c', { linkedInquiryId: 'b', clientId: 'mira' }),
      ).map(({ id }) => id),
    ).toEqual(['c', 'b', 'a']));
  it('are never those of somebody else', () =>
    expect(
      of(
        ['mira'],
        received('a', { clientId: 'tomas' }),
        received('b', { linkedInquiryId: 'a', clientId: 'mira' }),
      ),
    ).toEqual([{ id: 'b', open: true }]));
  it('of somebody who is no client are known by the inquiry', () =>
    expect(of(['a'], received('a'), received('b', { linkedInquiryId: 'a' }))).toEqual([
      { id: 'a', open: true },
      { id: 'b', open: true },
    ]));
});
