export { AdvanceInquiry } from './inquiry/inquiry.handler.js';
export { inquiry } from './inquiry/inquiry.js';
export type { InquiryRequest } from './inquiry/inquiry.js';
export type { InquiryEvent } from './inquiry/situation.js';
export { IntakeModule } from './intake.module.js';
export { pipeline as intakePipeline } from './pipeline/pipeline.projection.js';
export { ties as treatmentTies } from './ties/ties.projection.js';
