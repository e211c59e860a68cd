import type { RetentionRule } from '../retention.js';
import { ADVICE } from './advice.js';

export const unitedKingdom: RetentionRule = {
  jurisdiction: 'GB',
  title: 'United Kingdom, private practice',
  years: 7,
  clause:
    'no statute: Limitation Act 1980 s. 5 (six years) and what insurers commonly ask; UK GDPR art. 5(1)(e)',
  minor: { age: 18, years: 7, clause: 'Limitation Act 1980 s. 28: time runs from majority' },
  advice: `${ADVICE} Work for the NHS follows its records management code, which keeps longer.`,
};
