import { describe, expect, it } from 'vitest';
import { decided, give, talked, the } from '../../../../test/support/consent-giving.js';
import type { ConsentCommand, ConsentEvent } from './consent.js';
import { recipientId } from './recipients.js';
import type { Purpose } from '../rule-pack/elements.js';

const towards = (purpose: Purpose): ConsentEvent[] =>
  talked.map((event) => ({ ...event, data: { ...event.data, purpose } }) as ConsentEvent);
const asked = towards('disclosure_authorization');
const naming = (...recipients: string[]) => ({ ...give, recipients });
const about = { relationshipId: 'a', clientId: 'b' };

describe('a consent to tell somebody', () => {
  it('is refused unless it names who may be told', () => {
    for (const purpose of ['disclosure_authorization', 'psychotherapy_note_authorization'] as const)
      for (const command of [give, naming(), naming(' ')])
        the
          .given(...towards(purpose))
          .when(command)
          .thenRefused('recipients_missing');
  });

  it('names who may be told, and so does the receipt', () => {
    const [given, receipt] = decided(asked, naming('Dr Invented', 'The invented school'));
    expect(given).toMatchObject({ data: { recipients: ['Dr Invented', 'The invented school'] } });
    expect((receipt!.data as { text: string }).text).toContain(
      'Nobody may be told but: Dr Invented; The invented school.',
    );
  });

  it('keeps no name in what judgements are made of', () => {
    const { state } = the.given(...asked, ...decided(asked, naming('Dr Invented')));
    expect(JSON.stringify(state)).not.toMatch(/invented/i);
    expect(state.entries.at(-1)).toMatchObject({ recipientIds: [expect.any(String)] });
  });

  it('renewed the same day towards somebody else is another consent, towards the same none', () => {
    const renew: ConsentCommand = { ...naming('Dr Invented'), type: 'RenewConsent' };
    const first = decided(asked, naming('Dr Invented'));
    const before = [...asked, ...first, ...decided([...asked, ...first], renew)];
    expect(decided(before, { ...renew, recipients: [' dr  INVENTED '] })).toEqual([]);
    expect(decided(before, { ...renew, recipients: ['Dr Other'] })).toHaveLength(2);
  });

  it('to anything else names nobody', () =>
    the
      .given(...talked)
      .when(naming('Dr Invented'))
      .thenRefused('recipients_without_use'));
});

describe('a recipient', () => {
  it('is the same however the name is spaced, capitalised or encoded, and only for that client', () => {
    const id = recipientId(about, 'Praxis Müller');
    for (const name of [' praxis  müller ', 'PRAXIS MÜLLER', 'Praxis Mu\u0308ller', 'Ｐraxis\u00a0Müller'])
      expect(recipientId(about, name)).toBe(id);
    expect(recipientId(about, 'Praxis Muller')).not.toBe(id);
    expect(recipientId({ ...about, clientId: 'c' }, 'Praxis Müller')).not.toBe(id);
  });
});
