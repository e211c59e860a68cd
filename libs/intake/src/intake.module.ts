import { Module } from '@nestjs/common';
import { CandidateReader } from './inquiry/candidates.reader.js';
import { InquiryController } from './inquiry/inquiry.controller.js';
import { AdvanceInquiryHandler } from './inquiry/inquiry.handler.js';
import { PipelineController } from './pipeline/pipeline.controller.js';

@Module({
  controllers: [PipelineController, InquiryController],
  providers: [CandidateReader, AdvanceInquiryHandler],
})
export class IntakeModule {}
