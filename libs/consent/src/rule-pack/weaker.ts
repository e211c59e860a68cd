import type { UnitKind } from '#libs/client';
import { PURPOSES, SESSION_PURPOSES, type Element, type Purpose, type SessionPurpose } from './elements.js';
import {
  packInForce,
  requirements,
  sessionConsents,
  USUAL_CONSENTS,
  type Circumstances,
  type RulePack,
} from './pack.js';

/** What an edition no longer asks for that the one Candor ships does, in some circumstances at least. */
export interface Weaker {
  elements: { element: Element; purposes: Purpose[] }[];
  consents: SessionPurpose[];
  /** people decide at an earlier age, or minors alone */
  earlierAge: boolean;
}

const UNITS: readonly UnitKind[] = ['individual', 'couple', 'family', 'group'];
const EITHER = [false, true];
const CIRCUMSTANCES: readonly Omit<Circumstances, 'purpose'>[] = UNITS.flatMap((unitKind) =>
  EITHER.flatMap((minor) =>
    EITHER.flatMap((remote) => EITHER.map((mandated) => ({ unitKind, minor, remote, mandated }))),
  ),
);

/** Compares with the shipped edition in force on the day an edition begins; undefined where it asks for no less. */
export function weakerThanShipped(edition: RulePack, shipped: readonly RulePack[]): Weaker | undefined {
  const { id, validFrom, ageOfConsent } = edition;
  const before = packInForce(shipped, id, validFrom);
  if (!before) return undefined;
  const dropped = new Map<Element, Purpose[]>();
  for (const purpose of PURPOSES)
    for (const element of droppedFor(purpose, before, edition))
      dropped.set(element, [...(dropped.get(element) ?? []), purpose]);
  const consents = SESSION_PURPOSES.filter((purpose) =>
    CIRCUMSTANCES.some((held) => asksFor(before, held, purpose) && !asksFor(edition, held, purpose)),
  );
  const aloneFrom = ({ minorsAlone }: RulePack) => minorsAlone?.age ?? Infinity;
  const earlierAge = ageOfConsent < before.ageOfConsent || aloneFrom(edition) < aloneFrom(before);
  return dropped.size === 0 && consents.length === 0 && !earlierAge
    ? undefined
    : { elements: [...dropped].map(([element, purposes]) => ({ element, purposes })), consents, earlierAge };
}

function droppedFor(purpose: Purpose, before: RulePack, edition: RulePack): Set<Element> {
  const asked = (pack: RulePack, held: Omit<Circumstances, 'purpose'>) =>
    requirements(pack, { ...held, purpose }).map(({ element }) => element);
  return new Set(
    CIRCUMSTANCES.flatMap((held) => {
      const still = asked(edition, held);
      return asked(before, held).filter((element) => !still.includes(element));
    }),
  );
}

const asksFor = (
  { consents = USUAL_CONSENTS }: RulePack,
  held: Pick<Circumstances, 'unitKind' | 'remote'>,
  asked: SessionPurpose,
): boolean => sessionConsents(consents, held).some(({ purpose }) => purpose === asked);

/** In plain words, for whoever is asked why. */
export const saidWeaker = ({ elements, consents, earlierAge }: Weaker): string =>
  [
    ...elements.map(({ element, purposes }) => `${element} for ${purposes.join(', ')}`),
    ...consents.map((purpose) => `consent to ${purpose} before a session`),
    ...(earlierAge ? ['a guardian for people who now decide earlier'] : []),
  ].join('; ');
