import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { EventStore, View } from '#libs/event-store';
import { Caller, OneQuery, Query, WholeInQuery, type Principal } from '#libs/http';
import { addHours } from '#libs/kernel';
import { team } from '#libs/practice';
import { UnusualReader } from './unusual.reader.js';

class UnusualQuery extends OneQuery {
  @WholeInQuery(1, 366, { optional: true, description: 'how far back; 30 unless told' })
  days?: number;
}

class UnusualReasonDocument {
  @ApiProperty({ enum: ['broke_the_glass', 'many_strangers', 'one_stranger_often'] }) code: string;
  @ApiProperty({ description: 'in plain words, with the numbers' }) detail: string;
  @ApiProperty({ required: false, format: 'uuid' }) clientId?: string;
}

class UnusualPersonDocument {
  @ApiProperty({ format: 'uuid' }) staffId: string;
  @ApiProperty({ required: false }) name?: string;
  @ApiProperty({ examples: ['coordinator'] }) role: string;
  @ApiProperty({ type: 'integer', description: 'clients not in their care whom they looked at, one by one' })
  clients: number;
  @ApiProperty({ type: 'integer', description: 'how often in all' }) times: number;
  @ApiProperty({ type: () => [UnusualReasonDocument] }) reasons: UnusualReasonDocument[];
}

class UnusualDocument {
  @ApiProperty({ format: 'date-time' }) from: string;
  @ApiProperty({ format: 'date-time' }) to: string;
  @ApiProperty({ type: () => [UnusualPersonDocument] }) people: UnusualPersonDocument[];
}

@ApiTags('access')
@Controller('v1/access-log')
export class UnusualController {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(UnusualReader) private readonly reader: UnusualReader,
  ) {}

  @Query('unusual', {
    summary: 'Who looked at clients not in their care in a way that stands out, with the reasons in words',
    access: 'access_log:judge',
    answer: UnusualDocument,
  })
  async list(@Caller() { practiceId }: Principal, @QueryString() { days = 30 }: UnusualQuery) {
    const to = this.store.clock.now();
    const from = addHours(to, -24 * days);
    const people = await this.reader.between(practiceId, from, to);
    const known = await new View(this.store, team).current(
      practiceId,
      people.map(({ staffId }) => staffId),
    );
    return {
      from,
      to,
      people: people.map((one) => {
        const name = known?.rows.get(one.staffId)?.name;
        return { ...(name === undefined ? {} : { name }), ...one };
      }),
    };
  }
}
