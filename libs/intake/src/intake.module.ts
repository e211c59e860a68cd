import { Module } from '@nestjs/common';
import { InquiryController } from './inquiry/inquiry.controller.js';
import { InquiryHandler } from './inquiry/inquiry.handler.js';
import { PipelineController } from './pipeline/pipeline.controller.js';

@Module({
  controllers: [PipelineController, InquiryController],
  providers: [InquiryHandler],
})
export class IntakeModule {}
