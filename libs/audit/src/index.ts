export { AuditModule } from './audit.module.js';
export { changesBetween } from './streams/changes.js';
export { FINDING_KINDS } from './findings/finding.js';
export { eventIndex } from './history/event-index.projection.js';
export { LiveEvents } from './history/live.service.js';
