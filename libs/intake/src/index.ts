export { HandleInquiry } from './inquiry/inquiry.handler.js';
export { inquiry } from './inquiry/inquiry.js';
export type {
  InquiryCommand,
  InquiryEvent,
  InquiryRequest,
  InquiryState,
  Preferences,
  Received,
  Screening,
} from './inquiry/inquiry.js';
export { IntakeModule } from './intake.module.js';
export { pipeline as intakePipeline } from './pipeline/pipeline.projection.js';
