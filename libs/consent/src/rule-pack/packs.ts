import { generic } from './packs/generic.js';
import { bacp } from './packs/uk-bacp.js';
import { californiaFrom2024, californiaUntil2024 } from './packs/us-ca.js';
import { coloradoFrom2024, coloradoUntil2024 } from './packs/us-co.js';
import type { RulePack } from './pack.js';

/**
 * The packs Candor ships. Each is a starting point to check with your counsel, not legal advice. A change of law is a new
 * edition with its own dates; an edition once shipped is never edited.
 */
export const SHIPPED_PACKS: readonly RulePack[] = [
  generic,
  coloradoUntil2024,
  coloradoFrom2024,
  californiaUntil2024,
  californiaFrom2024,
  bacp,
];
