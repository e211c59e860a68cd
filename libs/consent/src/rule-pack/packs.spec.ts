import { describe, expect, test } from 'vitest';
import { UNIT_KINDS } from '#libs/client';
import { SHIPPED_PACKS } from './packs.js';
import { packInForce, requirements, type RulePack } from './pack.js';

const treatmentOf = (pack: RulePack | undefined, more: { minor?: boolean; remote?: boolean } = {}) =>
  requirements(pack!, {
    purpose: 'treatment',
    unitKind: 'individual',
    minor: false,
    remote: false,
    ...more,
  }).map(({ element }) => element);

describe.each(SHIPPED_PACKS.map((pack) => [`${pack.id} from ${pack.validFrom}`, pack] as const))(
  '%s',
  (_, pack) => {
    test('requires the stance for every purpose', () => {
      expect(pack.always.map(({ element }) => element)).toContain('therapist_stance');
    });

    test('names the clause of every requirement, and says to check it with counsel', () => {
      const all = [...pack.always, ...Object.values(pack.perPurpose).flat()];

      expect(all.filter(({ clause }) => clause.trim().length < 5)).toEqual([]);
      expect(pack.advice).toContain('counsel');
    });

    test('asks for each element once', () => {
      for (const unitKind of UNIT_KINDS) {
        const asked = requirements(pack, { purpose: 'treatment', unitKind, minor: true, remote: true });
        const elements = asked.map(({ element }) => element);

        expect(elements).toEqual([...new Set(elements)]);
      }
    });

    test('has no other edition in force on the same day', () => {
      const others = SHIPPED_PACKS.filter((other) => other.id === pack.id && other !== pack);
      const last = pack.validTo ?? '9999-12-31';

      expect(
        others.filter(
          ({ validFrom, validTo }) => validFrom <= last && pack.validFrom <= (validTo ?? '9999-12-31'),
        ),
      ).toEqual([]);
    });
  },
);

test("Colorado's duty to explain the levels of regulation ended on 7 August 2024", () => {
  expect(treatmentOf(packInForce(SHIPPED_PACKS, 'us-co', '2024-08-06'))).toContain('levels_of_regulation');
  expect(treatmentOf(packInForce(SHIPPED_PACKS, 'us-co', '2024-08-07'))).not.toContain(
    'levels_of_regulation',
  );
});

test('California asks for its notice about complaints, and over video for its telehealth consent', () => {
  const pack = packInForce(SHIPPED_PACKS, 'us-ca', '2026-01-01');

  expect(treatmentOf(pack)).toContain('regulator_and_complaints');
  expect(treatmentOf(pack)).not.toContain('technology_and_telehealth');
  expect(treatmentOf(pack, { remote: true })).toContain('technology_and_telehealth');
});

test('in the United Kingdom somebody consents for themself from 16', () => {
  expect(packInForce(SHIPPED_PACKS, 'uk-bacp', '2026-01-01')?.ageOfConsent).toBe(16);
});

test('of two editions in force the newer one counts', () => {
  const [generic] = SHIPPED_PACKS;
  const newer = { ...generic!, validFrom: '2026-01-01', title: 'newer' };

  expect(packInForce([newer, generic!], 'generic', '2026-06-01')?.title).toBe('newer');
  expect(packInForce([generic!, newer], 'generic', '2025-06-01')?.title).toBe(generic!.title);
});
