import type { Projection } from '#libs/event-store';
import { evolvePart, partKeys, type Part } from './facts.js';

/** What consent status is computed from; see facts.ts. The consent board reads all of it. */
export const consentFacts: Projection<Part> = {
  name: 'consent_facts',
  version: 5,
  keys: partKeys,
  evolve: evolvePart,
};
