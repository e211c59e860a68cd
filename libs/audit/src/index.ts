export { AuditModule } from './audit.module.js';
export { eventIndex } from './history/event-index.projection.js';
