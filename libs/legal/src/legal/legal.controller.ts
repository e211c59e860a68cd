import { Body, Controller, Inject } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { commandFor, type CommandMeta } from '#libs/event-store';
import { Choice, CommandBody, commandFrom, Create, CreateBody, Id, Meta, Text, Verb } from '#libs/http';
import { ASKED_BY, DECISIONS, type Asking } from './erasure.js';
import { HOLD_GROUNDS, type Placing } from './hold.js';
import { BeginLegal, DecideErasure, ExecuteErasure } from './legal.handler.js';
import { legal } from './legal.js';

class PlaceHoldBody extends CreateBody {
  @Id()
  clientId: string;

  @Choice(HOLD_GROUNDS)
  grounds: Placing['grounds'];

  @Text({ optional: true, description: 'who asks for it, such as a court' })
  authority?: string;

  @Text({ optional: true, description: 'what they call the case' })
  reference?: string;

  @Text({ max: 500, description: 'why nothing may be erased' })
  declare reason: string;
}

class LiftHoldBody extends CommandBody {
  @Text({ max: 500, description: 'why it is no longer needed' })
  declare reason: string;
}

class RequestErasureBody extends CreateBody {
  @Id({
    description:
      'covers every record that was merged into this one, and their inquiries; the id of an inquiry, of somebody who is no client',
  })
  clientId: string;

  @Choice(ASKED_BY)
  askedBy: Asking['askedBy'];

  @Text({ optional: true, description: 'which guardian or authority; required unless the client asked' })
  asker?: string;
}

class DecideErasureBody extends CommandBody {
  @Choice(DECISIONS)
  decision: (typeof DECISIONS)[number];
}

@ApiTags('legal')
@Controller('v1/legal-holds')
export class HoldController {
  constructor(@Inject(CommandBus) private readonly commands: CommandBus) {}

  @Create({ summary: 'Nothing of a client may be erased from now on', access: 'legal_hold:place' })
  place(@Meta() meta: CommandMeta, @Body() body: PlaceHoldBody) {
    return this.commands.execute(new BeginLegal(meta, commandFrom('PlaceHold', body)));
  }

  @Verb('lift', { summary: 'Another owner says that it is no longer needed', access: 'legal_hold:lift' })
  lift(@Meta() meta: CommandMeta, @Body() _body: LiftHoldBody) {
    return this.commands.execute(commandFor(legal, meta, { type: 'LiftHold' }));
  }
}

@ApiTags('legal')
@Controller('v1/erasures')
export class ErasureController {
  constructor(@Inject(CommandBus) private readonly commands: CommandBus) {}

  @Create({ summary: 'Somebody asks that a client be erased', access: 'erasure:request' })
  request(@Meta() meta: CommandMeta, @Body() body: RequestErasureBody) {
    return this.commands.execute(new BeginLegal(meta, commandFrom('RequestErasure', body)));
  }

  @Verb('decide', {
    summary: 'Approve it, if nothing stands against it, or refuse it',
    access: 'erasure:decide',
  })
  decide(@Meta() meta: CommandMeta, @Body() body: DecideErasureBody) {
    return this.commands.execute(new DecideErasure(meta, commandFrom('DecideErasure', body)));
  }

  @Verb('execute', {
    summary: 'A second person destroys the keys. It cannot be undone, by nobody',
    access: 'erasure:execute',
  })
  execute(@Meta() meta: CommandMeta, @Body() _body: CommandBody) {
    return this.commands.execute(new ExecuteErasure(meta));
  }
}
