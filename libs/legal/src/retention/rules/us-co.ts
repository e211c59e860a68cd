import type { RetentionRule } from '../retention.js';
import { ADVICE } from './advice.js';

export const colorado: RetentionRule = {
  jurisdiction: 'US-CO',
  title: 'Colorado, psychotherapy',
  years: 7,
  clause: 'C.R.S. 12-245-226 and the record rules of the mental health boards, 4 CCR 736-1',
  minor: { age: 18, years: 7, clause: 'C.R.S. 12-245-226: seven years from majority' },
  advice: `${ADVICE} Colorado may let records of minors go after twelve years in all; this rule keeps them longer.`,
};
