import { describe, expect, it } from 'vitest';
import { EXAMPLE_FOR_ONE } from '#libs/stance';
import { stanceConflicts } from './wishes.js';

const wish = (dimension: string, value: string) => ({ stance: [{ dimension, value }] });

describe('wishes and a stance', () => {
  it('a wish is met wherever in the dimension its word stands', () => {
    const { partiality, challenge, informationSources } = EXAMPLE_FOR_ONE;
    for (const met of [
      wish('partiality', partiality),
      wish('challenge', challenge.style),
      wish('informationSources', informationSources[0]!),
    ])
      expect(stanceConflicts(met, EXAMPLE_FOR_ONE)).toEqual([]);
  });

  it('each wish that is not met is a sentence of its own', () => {
    const wishes = {
      stance: [
        { dimension: 'partiality', value: 'multi_partial' },
        { dimension: 'approach', value: 'never_heard_of' },
      ],
    };
    expect(stanceConflicts(wishes, EXAMPLE_FOR_ONE)).toEqual([
      'The client wishes for partiality multi_partial; the therapist states partial_to_client.',
      expect.stringContaining('approach never_heard_of'),
    ]);
  });

  it('wishes cannot be judged without a published stance; without wishes none is needed', () => {
    expect(stanceConflicts(wish('partiality', 'partial_to_client'), undefined)).toHaveLength(1);
    expect(stanceConflicts({}, undefined)).toEqual([]);
  });
});
