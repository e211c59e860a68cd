import { Body, Controller, Inject } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CommandMeta } from '#libs/event-store';
import { CommandBody, Id, Meta, Verb } from '#libs/http';
import { SettleMerge } from './merging.handler.js';

class OtherClientBody extends CommandBody {
  @Id({ description: 'the record that is kept; the one in the address says where to go' })
  otherClientId: string;
}

/** Two records of one person. Each step is asked at the record that goes, by one person, and confirmed by another. */
@ApiTags('clients')
@Controller('v1/clients')
export class MergingController {
  constructor(@Inject(CommandBus) private readonly commands: CommandBus) {}

  @Verb('merge', { summary: 'Ask to merge this record into another', access: 'client:merge' })
  merge(@Meta() meta: CommandMeta, @Body() { otherClientId }: OtherClientBody) {
    return this.commands.execute(new SettleMerge(meta, { type: 'ProposeMerge', otherClientId }));
  }

  @Verb('confirm-merge', {
    summary: 'Confirm, as a second person, that both are one client',
    access: 'client:merge',
  })
  confirmMerge(@Meta() meta: CommandMeta, @Body() { otherClientId }: OtherClientBody) {
    return this.commands.execute(new SettleMerge(meta, { type: 'ConfirmMerge', otherClientId }));
  }

  @Verb('unmerge', {
    summary: 'Ask to part this record from the one it was merged into',
    access: 'client:merge',
  })
  unmerge(@Meta() meta: CommandMeta, @Body() { otherClientId }: OtherClientBody) {
    return this.commands.execute(new SettleMerge(meta, { type: 'ProposeUnmerge', otherClientId }));
  }

  @Verb('confirm-unmerge', {
    summary: 'Confirm, as a second person, that they are two clients',
    access: 'client:merge',
  })
  confirmUnmerge(@Meta() meta: CommandMeta, @Body() { otherClientId }: OtherClientBody) {
    return this.commands.execute(new SettleMerge(meta, { type: 'ConfirmUnmerge', otherClientId }));
  }

  @Verb('drop-merge-proposal', {
    summary: 'Take back what was asked and not confirmed',
    access: 'client:merge',
  })
  drop(@Meta() meta: CommandMeta, @Body() { otherClientId }: OtherClientBody) {
    return this.commands.execute(new SettleMerge(meta, { type: 'DropMergeProposal', otherClientId }));
  }
}
