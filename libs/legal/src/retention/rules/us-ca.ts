import type { RetentionRule } from '../retention.js';
import { ADVICE } from './advice.js';

export const california: RetentionRule = {
  jurisdiction: 'US-CA',
  title: 'California, psychotherapy',
  years: 7,
  clause: 'Cal. Bus. & Prof. Code 2919, 4980.49, 4993, 4999.75',
  minor: { age: 18, years: 7, clause: 'Cal. Bus. & Prof. Code 4980.49: seven years from majority' },
  advice: ADVICE,
};
