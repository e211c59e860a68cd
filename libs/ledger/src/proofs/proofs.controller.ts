import { Controller, Inject, Param, Query as QueryString, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, OneQuery, Query, WholeInQuery, type Principal } from '#libs/http';
import { missing } from '#libs/kernel';
import { Proofs } from './proofs.reader.js';

const READERS = ['owner', 'auditor'] as const;
const TEXT = 'text/plain';

class GrowthQuery extends OneQuery {
  @WholeInQuery(0, Number.MAX_SAFE_INTEGER, { description: 'the size of the earlier checkpoint' })
  from: number;

  @WholeInQuery(0, Number.MAX_SAFE_INTEGER, { description: 'the size of the later checkpoint' })
  to: number;
}

/** The tree over the practice's log, for whoever wants to check it with tools of their own. */
@ApiTags('proof')
@Controller('v1/ledger')
export class ProofsController {
  constructor(@Inject(Proofs) private readonly proofs: Proofs) {}

  @Query('', {
    summary: 'How far the log is sealed, and the key its checkpoints are signed with',
    allow: READERS,
  })
  async standing(@Caller() { practiceId }: Principal, @QueryString() _query: OneQuery) {
    const { log, newest, position } = await this.proofs.standing(practiceId);
    const { origin, verifier_key: verifierKey, halted_at: haltedAt, because } = log;
    return { origin, verifierKey, size: newest.size, position, haltedAt, because };
  }

  @Query('checkpoint', {
    summary: 'The newest signed checkpoint (C2SP tlog-checkpoint)',
    allow: READERS,
    only: TEXT,
  })
  async checkpoint(
    @Caller() { practiceId }: Principal,
    @QueryString() _query: OneQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { newest } = await this.proofs.standing(practiceId);
    void reply.header('Content-Type', `${TEXT}; charset=utf-8`);
    return newest.note;
  }

  @Query('proofs/:position', {
    summary: 'The proof that one event is in the log (C2SP tlog-proof)',
    allow: READERS,
    only: TEXT,
  })
  async ofEvent(
    @Caller() { practiceId }: Principal,
    @Param('position') position: string,
    @QueryString() _query: OneQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const proof = await this.proofs.ofEvent(
      practiceId,
      /^\d{1,15}$/.test(position) ? Number(position) : missing('event'),
    );
    void reply.header('Content-Type', `${TEXT}; charset=utf-8`);
    return proof;
  }

  @Query('consistency', {
    summary: 'The proof that a checkpoint grew from an earlier one (RFC 9162), in base64',
    allow: READERS,
  })
  async ofGrowth(@Caller() { practiceId }: Principal, @QueryString() { from, to }: GrowthQuery) {
    return { from, to, proof: await this.proofs.ofGrowth(practiceId, from, to) };
  }

  @Query('tile/*', {
    summary: 'A tile of the tree, or the entries below it (C2SP tlog-tiles)',
    allow: READERS,
    only: 'application/octet-stream',
  })
  @ApiParam({
    name: 'path',
    description: 'such as 0/000.p/17 or entries/000.p/17; it has slashes of its own',
    schema: { type: 'string', examples: ['0/000.p/17'] },
  })
  async tile(
    @Caller() { practiceId }: Principal,
    @QueryString() _query: OneQuery,
    @Req() request: FastifyRequest,
  ) {
    const { '*': path = '' } = request.params as { '*'?: string };
    const bytes = await this.proofs.tile(practiceId, path);
    return new StreamableFile(bytes, { type: 'application/octet-stream' });
  }
}
