import type { RetentionRule } from './retention.js';
import { germany } from './rules/de.js';
import { generic } from './rules/generic.js';
import { unitedKingdom } from './rules/uk.js';
import { california } from './rules/us-ca.js';
import { colorado } from './rules/us-co.js';

/** What Candor ships. */
export const RETENTION_RULES: readonly RetentionRule[] = [
  generic,
  colorado,
  california,
  unitedKingdom,
  germany,
];
