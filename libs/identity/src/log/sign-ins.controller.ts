import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { EventStore } from '#libs/event-store';
import { Caller, Choice, Cursors, Id, ListQuery, Query, type PageOf, type Principal } from '#libs/http';
import { SIGN_IN_KINDS, type SignInKind } from './sign-in-log.js';

class SignInsQuery extends ListQuery {
  @Id({ optional: true, description: 'only about this staff member' })
  staffId?: string;

  @Choice(SIGN_IN_KINDS, { optional: true })
  kind?: SignInKind;
}

class SignInEntryDocument {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ enum: SIGN_IN_KINDS }) kind: SignInKind;
  @ApiProperty({ format: 'uuid' }) staffId: string;
  @ApiProperty({ format: 'uuid', required: false, description: 'who did it, if somebody else' })
  byStaffId?: string;
  @ApiProperty({ required: false, description: 'from where' }) address?: string;
  @ApiProperty({ required: false, description: 'what the browser or program called itself' }) agent?: string;
  @ApiProperty({ required: false }) reason?: string;
}

type Row = Record<keyof SignInEntryDocument, string | null> & { id: string };

@ApiTags('signing in')
@Controller('v1/sign-ins')
export class SignInsController {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Cursors) private readonly cursors: Cursors,
  ) {}

  @Query('', {
    summary: 'Who signed in or was refused, and who gave whom a way in; newest first',
    access: 'sign_in:read',
    answer: [SignInEntryDocument],
  })
  async list(
    @Caller() { practiceId }: Principal,
    @QueryString() { limit = 50, cursor, staffId, kind }: SignInsQuery,
  ): Promise<PageOf<object>> {
    const binding = ['sign-ins', practiceId, staffId, kind];
    const { rows } = await this.store.of(practiceId).query<Row>(
      `select id, at, kind, staff_id as "staffId", by_staff_id as "byStaffId", address, agent, reason from access.sign_in_log
       where practice_id = $1 and ($2::uuid is null or id < $2) and ($3::uuid is null or staff_id = $3) and ($4::text is null or kind = $4)
       order by id desc limit $5`,
      [
        practiceId,
        cursor ? this.cursors.read(cursor, binding) : null,
        staffId ?? null,
        kind ?? null,
        limit + 1,
      ],
    );
    const position = await this.store.reader.position(practiceId);
    const page = this.cursors.page(rows, limit, position, binding, ({ id }) => id);
    return { ...page, data: page.data.map(present) };
  }
}

/** Only what there is. */
const present = (row: Row): object =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
