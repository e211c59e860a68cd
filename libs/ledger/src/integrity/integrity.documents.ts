import { ApiProperty } from '@nestjs/swagger';
import { LOGS, type LogKind } from '../checkpoint/origin.js';

class FirstBadDocument {
  @ApiProperty({ type: 'integer' }) position: number;
  @ApiProperty() because: string;
}

class BehindDocument {
  @ApiProperty({ type: 'integer', description: 'how many entries were signed' }) size: number;
  @ApiProperty({ type: 'integer', description: 'in which generation of the log' }) generation: number;
}

class LogIntegrityDocument {
  @ApiProperty({ enum: LOGS, description: 'the history itself, or who has read it' }) log: LogKind;
  @ApiProperty({ nullable: true, type: 'string', description: 'names the log in what is signed' })
  origin: string | null;
  @ApiProperty({ nullable: true, type: 'string', description: 'keep it outside of Candor' })
  verifierKey: string | null;
  @ApiProperty({ type: 'integer', description: 'counted up by each restore that was accepted' })
  generation: number;
  @ApiProperty({ type: 'integer', description: 'how many entries there are' }) position: number;
  @ApiProperty({ type: 'integer', description: 'how many of them are signed' }) sealedSize: number;
  @ApiProperty({ nullable: true, type: 'string', format: 'date-time' }) sealedAt: string | null;
  @ApiProperty({ nullable: true, type: 'integer' }) ageSeconds: number | null;
  @ApiProperty({ type: 'integer', description: 'how many are not signed yet' }) lag: number;
  @ApiProperty({
    nullable: true,
    type: () => FirstBadDocument,
    description: 'the first entry that is not what was hashed; nothing from there on is signed',
  })
  firstBad: FirstBadDocument | null;
  @ApiProperty({
    nullable: true,
    type: () => BehindDocument,
    description: 'more was signed than there is: an older state of the database was put back',
  })
  behind: BehindDocument | null;
}

class HaltedReadModelDocument {
  @ApiProperty() name: string;
  @ApiProperty({ type: 'integer' }) version: number;
  @ApiProperty({ type: 'integer' }) position: number;
  @ApiProperty() because: string;
}

export class IntegrityDocument {
  @ApiProperty({
    description:
      'nothing that was compared speaks against it; only `npm run candor -- verify` compares everything that is signed anew',
  })
  whole: boolean;
  @ApiProperty({ type: () => [LogIntegrityDocument] }) logs: LogIntegrityDocument[];
  @ApiProperty({ type: () => [HaltedReadModelDocument] }) haltedReadModels: HaltedReadModelDocument[];
}
