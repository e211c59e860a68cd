import { describe, expect, it } from 'vitest';
import { particularsProblems, particularsSchema } from './particulars.js';
import { stanceReasons, termsReasons, type StanceFacts, type Terms } from './terms.js';
import { BOUNDARY_TOPICS, type BoundaryTopic } from './topics.js';

const euros = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const fees = { fee: euros(9000), cancellationNoticeHours: 24, lateCancelFee: euros(4500) };
const shapes = Object.fromEntries(particularsSchema.anyOf.map((one) => [one.title, one]));
const problems = (topic: BoundaryTopic, particulars: unknown) =>
  particularsProblems(topic, particulars, '/terms/particulars').map(
    ({ pointer, code }) => `${pointer.slice('/terms/particulars'.length)} ${code}`,
  );
const codes = (topic: BoundaryTopic, terms: Terms) => termsReasons(topic, terms).map(({ code }) => code);

describe('Every topic has its own terms', () => {
  it.each(BOUNDARY_TOPICS.filter((topic) => topic !== 'sexual_contact'))(
    '%s: its own example fits, a foreign property and nothing at all do not',
    (topic) => {
      const example = shapes[topic]!.examples[0]!;
      expect(problems(topic, example)).toEqual([]);
      expect(problems(topic, { ...example, colour: 'blue' })).toEqual(['/colour unknown_property']);
      expect(problems(topic, {})).not.toEqual([]);
      expect(problems(topic, [])).toEqual([' not_an_object']);
    },
  );

  it('every value of a wrong kind is refused where it stands', () => {
    for (const [topic, { examples }] of Object.entries(shapes))
      for (const name of Object.keys(examples[0]!))
        for (const wrong of [null, 'nonsense', -1, 1.5, ['nonsense'], [], { amountMinor: 1 }]) {
          const found = particularsProblems(topic as BoundaryTopic, { ...examples[0], [name]: wrong }, '');
          expect(found.length, `${topic} ${name} ${JSON.stringify(wrong)}`).toBeGreaterThan(0);
          for (const { pointer } of found) expect(pointer.startsWith(`/${name}`)).toBe(true);
        }
  });

  it('sexual contact has nothing to set', () => {
    expect(problems('sexual_contact', { askedEachTime: true })).toEqual(['/askedEachTime unknown_property']);
    expect(shapes).not.toHaveProperty('sexual_contact');
  });

  it('a name in a set is named once, and a strange name is pointed at as RFC 6901 says', () => {
    expect(problems('touch', { kinds: ['embrace', 'embrace'] })).toEqual(['/kinds not_a_set']);
    expect(problems('touch', { 'a/b~c': 1 })).toEqual(['/a~1b~0c unknown_property']);
  });
});

describe('Fees and cancellation', () => {
  it('need a fee, the hours of notice and the fee for cancelling late', () =>
    expect(problems('fees_and_cancellation', { paidWithinDays: 14 })).toEqual([
      '/fee missing',
      '/cancellationNoticeHours missing',
      '/lateCancelFee missing',
    ]));

  it('are in whole minor units of a currency that exists', () => {
    const wrong = {
      ...fees,
      fee: { amountMinor: 90.5, currency: 'EUROS' },
      lateCancelFee: { amountMinor: -1 },
    };
    expect(problems('fees_and_cancellation', wrong)).toEqual([
      '/fee/amountMinor not_a_whole_number',
      '/fee/currency not_a_currency',
      '/lateCancelFee/currency missing',
      '/lateCancelFee/amountMinor not_a_whole_number',
    ]);
    expect(problems('fees_and_cancellation', { ...fees, fee: { amountMinor: 1, currency: 'XQZ' } })).toEqual([
      '/fee/currency not_a_currency',
    ]);
    expect(problems('fees_and_cancellation', { ...fees, fee: 90 })).toEqual(['/fee not_an_object']);
  });

  it('are named, all in one currency', () => {
    const terms = { rule: 'by_arrangement', words: 'What it costs.' } as const;
    expect(codes('fees_and_cancellation', { ...terms, particulars: fees })).toEqual([]);
    expect(codes('fees_and_cancellation', terms)).toEqual(['particulars_missing']);
    expect(codes('fees_and_cancellation', { ...terms, rule: 'never' })).toEqual(['rule_does_not_fit']);
    const mixed = { ...fees, lateCancelFee: { amountMinor: 4500, currency: 'CHF' } };
    expect(codes('fees_and_cancellation', { ...terms, particulars: mixed })).toEqual(['currencies_differ']);
  });
});

describe('Terms', () => {
  it('with `never` there is nothing to set', () =>
    expect(codes('touch', { rule: 'never', words: 'No.', particulars: { kinds: ['handshake'] } })).toEqual([
      'nothing_to_set',
    ]));

  it('recording needs its media, purposes and how long it is kept, unless it is never', () => {
    expect(codes('recording', { rule: 'never', words: 'No.' })).toEqual([]);
    expect(codes('recording', { rule: 'by_arrangement', words: 'Yes.' })).toEqual(['particulars_missing']);
  });

  it('limits are said in words or in particulars', () => {
    const limited = { rule: 'within_limits', words: 'A little.' } as const;
    expect(codes('gifts', limited)).toEqual(['limits_missing']);
    expect(codes('gifts', { ...limited, particulars: { atMost: euros(1000) } })).toEqual([]);
  });
});

describe('Terms must not contradict the stance, and the refusal names its values', () => {
  const stance = (
    degree: StanceFacts['selfDisclosure']['degree'],
    topicsNever: string[] = [],
    notInCourt = true,
  ): StanceFacts => ({ selfDisclosure: { degree, topicsNever }, advocacy: { for: 'none', notInCourt } });
  const discloses = (particulars: object): Terms => ({
    rule: 'by_arrangement',
    words: 'When it helps you.',
    particulars,
  });
  const details = (topic: BoundaryTopic, terms: Terms, stated?: StanceFacts) =>
    stanceReasons(topic, terms, stated).map(({ code, detail }) => `${code} ${detail}`);

  it('agreeing on more self-disclosure than the therapist states is refused', () => {
    const open = discloses({ degree: 'open' });
    expect(details('self_disclosure', open, stance('rare_for_client_benefit'))).toEqual([
      expect.stringMatching(/^contradicts_stance .*selfDisclosure: rare_for_client_benefit.*open/),
    ]);
    expect(details('self_disclosure', open, stance('open'))).toEqual([]);
    const rare = discloses({ degree: 'rare_for_client_benefit' });
    expect(details('self_disclosure', rare, stance('moderate_for_client_benefit'))).toEqual([]);
    expect(details('self_disclosure', open)).toEqual([]);
  });

  it('agreeing on topics of which the therapist never speaks is refused', () => {
    const both = discloses({ degree: 'open', topics: ['family', 'faith'] });
    expect(details('self_disclosure', both, stance('rare_for_client_benefit', ['faith', 'money']))).toEqual([
      expect.stringContaining('selfDisclosure: rare_for_client_benefit'),
      expect.stringMatching(/topicsNever: faith, money\).*never speaks of faith\./),
    ]);
  });

  it('agreeing that a therapist who does not speak in court testifies is refused, unless a court orders it', () => {
    const testifies = discloses({ acts: ['testimony'] });
    expect(details('legal_involvement', testifies, stance('none'))).toEqual([
      expect.stringContaining('notInCourt true'),
    ]);
    expect(details('legal_involvement', testifies, stance('none', [], false))).toEqual([]);
    const ordered = discloses({ acts: ['testimony'], onlyOnCourtOrder: true });
    expect(details('legal_involvement', ordered, stance('none'))).toEqual([]);
    expect(details('legal_involvement', discloses({ acts: ['treatment_summary'] }), stance('none'))).toEqual(
      [],
    );
  });
});
