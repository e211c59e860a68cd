import {
  Controller,
  Inject,
  Param,
  Query as QueryString,
  Req,
  Res,
  StreamableFile,
  type Type,
} from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, OneQuery, Query, WholeInQuery, type Principal } from '#libs/http';
import { missing } from '#libs/kernel';
import type { LogKind } from '../checkpoint/origin.js';
import { Proofs } from './proofs.reader.js';

const TEXT = 'text/plain';

class GrowthQuery extends OneQuery {
  @WholeInQuery(0, Number.MAX_SAFE_INTEGER, { description: 'the size of the earlier checkpoint' })
  from: number;

  @WholeInQuery(0, Number.MAX_SAFE_INTEGER, { description: 'the size of the later checkpoint' })
  to: number;
}

/** The tree over one of the practice's logs, for whoever wants to check it with tools of their own. */
function proofsOf(log: LogKind, path: string, entry: string): Type {
  @ApiTags('proof')
  @Controller(path)
  class ProofsController {
    constructor(@Inject(Proofs) private readonly proofs: Proofs) {}

    @Query('', {
      summary: `How far the log of ${entry}s is sealed, and the key its checkpoints are signed with`,
      access: 'proof:read',
      problems: [404],
    })
    async standing(@Caller() { practiceId }: Principal, @QueryString() _query: OneQuery) {
      const { log: row, newest, position } = await this.proofs.standing({ practiceId, log });
      const { origin, verifier_key: verifierKey, halted_at: haltedAt, because } = row;
      return { origin, verifierKey, size: newest.size, position, haltedAt, because };
    }

    @Query('checkpoint', {
      summary: 'The newest signed checkpoint (C2SP tlog-checkpoint)',
      access: 'proof:read',
      only: TEXT,
      problems: [404],
    })
    async checkpoint(
      @Caller() { practiceId }: Principal,
      @QueryString() _query: OneQuery,
      @Res({ passthrough: true }) reply: FastifyReply,
    ) {
      const { newest } = await this.proofs.standing({ practiceId, log });
      void reply.header('Content-Type', `${TEXT}; charset=utf-8`);
      return newest.note;
    }

    @Query('proofs/:position', {
      summary: `The proof that one ${entry} is in the log (C2SP tlog-proof)`,
      access: 'proof:read',
      only: TEXT,
    })
    async ofEntry(
      @Caller() { practiceId }: Principal,
      @Param('position') position: string,
      @QueryString() _query: OneQuery,
      @Res({ passthrough: true }) reply: FastifyReply,
    ) {
      const proof = await this.proofs.ofEntry(
        { practiceId, log },
        /^\d{1,15}$/.test(position) ? Number(position) : missing(entry),
      );
      void reply.header('Content-Type', `${TEXT}; charset=utf-8`);
      return proof;
    }

    @Query('consistency', {
      summary: 'The proof that a checkpoint grew from an earlier one (RFC 9162), in base64',
      access: 'proof:read',
      problems: [404, 422],
    })
    async ofGrowth(@Caller() { practiceId }: Principal, @QueryString() { from, to }: GrowthQuery) {
      return { from, to, proof: await this.proofs.ofGrowth({ practiceId, log }, from, to) };
    }

    @Query('tile/*', {
      summary: 'A tile of the tree, or the entries below it (C2SP tlog-tiles)',
      access: 'proof:read',
      only: 'application/octet-stream',
      problems: [404],
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
      const bytes = await this.proofs.tile({ practiceId, log }, path);
      return new StreamableFile(bytes, { type: 'application/octet-stream' });
    }
  }
  return ProofsController;
}

export const EventProofsController = proofsOf('events', 'v1/ledger', 'event');
export const ReadProofsController = proofsOf('access', 'v1/access-ledger', 'read');
