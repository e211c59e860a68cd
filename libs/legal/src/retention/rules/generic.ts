import type { RetentionRule } from '../retention.js';
import { ADVICE } from './advice.js';

/** Where Candor ships no rule: as long as the longest of those it does. */
export const generic: RetentionRule = {
  jurisdiction: 'any',
  title: 'Ten years, any jurisdiction',
  years: 10,
  clause: 'no statute: the longest term that Candor ships',
  minor: { age: 18, years: 10, clause: 'no statute: ten years from majority' },
  advice: `${ADVICE} Your own law may ask for more, or for less.`,
};
