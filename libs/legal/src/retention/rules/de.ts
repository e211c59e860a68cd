import type { RetentionRule } from '../retention.js';
import { ADVICE } from './advice.js';

/** No longer for minors: claims of theirs run longer, though, which is what counsel is for. */
export const germany: RetentionRule = {
  jurisdiction: 'DE',
  title: 'Germany, treatment contract',
  years: 10,
  clause: '§ 630f Abs. 3 BGB',
  advice: `${ADVICE} § 630f asks for ten years after treatment has ended; claims may become time-barred only after thirty (§ 199 Abs. 2 BGB).`,
};
