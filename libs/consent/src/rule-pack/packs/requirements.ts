import type { Requirement } from '../pack.js';

export const ADVICE = 'A starting point, not legal advice. Check it with your counsel before you rely on it.';

/** Several elements that rest on one clause. */
export const of = (clause: string, ...elements: Requirement['element'][]): Requirement[] =>
  elements.map((element) => ({ element, clause }));
