export { Erasures } from './execution/erasures.service.js';
export { BeginLegal, DecideErasure, ExecuteErasure } from './legal/legal.handler.js';
export { legal } from './legal/legal.js';
export type { LegalEvent } from './legal/legal.js';
export { LegalModule } from './legal.module.js';
export { legalMatters } from './matters/matters.projection.js';
export { retentionOf } from './retention/retention.js';
export type { Retention, RetentionRule } from './retention/retention.js';
export { RETENTION_RULES } from './retention/rules.js';
