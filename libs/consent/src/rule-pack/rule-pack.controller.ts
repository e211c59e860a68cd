import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Query } from '#libs/http';
import { SHIPPED_PACKS } from './packs.js';

@ApiTags('rule packs')
@Controller('v1/rule-packs')
export class RulePackController {
  @Query('', {
    summary: 'The rules a consent is judged by, each edition with its dates and clauses',
    allow: ['owner', 'coordinator', 'therapist', 'supervisor', 'auditor'],
  })
  list() {
    return { data: SHIPPED_PACKS };
  }
}
