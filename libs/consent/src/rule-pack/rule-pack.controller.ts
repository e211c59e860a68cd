import { Body, Controller, Inject } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { UNIT_KINDS, type UnitKind } from '#libs/client';
import { commandFor, EventStore, type CommandMeta } from '#libs/event-store';
import {
  Caller,
  Choice,
  Choices,
  CommandBody,
  Create,
  Day,
  Flag,
  Meta,
  Part,
  Parts,
  Query,
  Text,
  Whole,
  type Principal,
} from '#libs/http';
import { ROLES } from '#libs/kernel';
import { rulePack, rulePackIdOf, type RulePackEvent } from './rule-pack.js';
import { ELEMENTS, PURPOSES, type Element, type Purpose } from './elements.js';
import { SHIPPED_PACKS } from './packs.js';
import type { Requirement, RulePack } from './pack.js';

class WhenPart {
  @Choices(UNIT_KINDS, { optional: true })
  unitKinds?: UnitKind[];

  @Flag({ optional: true, description: 'true: for minors only' })
  minor?: boolean;

  @Flag({ optional: true, description: 'true: over video or phone only' })
  remote?: boolean;

  @Flag({ optional: true, description: 'true: only where somebody sends the client' })
  mandated?: boolean;
}

class RequirementPart {
  @Choice(PURPOSES, { optional: true, description: 'left out: for every purpose' })
  purpose?: Purpose;

  @Choice(ELEMENTS)
  element: Element;

  @Text({ description: 'the clause it rests on' })
  clause: string;

  @Part(() => WhenPart, { optional: true, description: 'left out: always' })
  when?: WhenPart;
}

class PublishRulePackBody extends CommandBody {
  @Text({ max: 40, description: 'of the pack, the same for all its editions', example: 'at-wien' })
  packId: string;

  @Text()
  title: string;

  @Text({ max: 40, example: 'AT-9' })
  jurisdiction: string;

  @Text({ max: 100, example: 'psychotherapy' })
  profession: string;

  @Day()
  validFrom: string;

  @Day({ optional: true, description: 'the last day; left out: until a later edition begins' })
  validTo?: string;

  @Whole(10, 25, { description: 'years from which a person consents for themself' })
  ageOfConsent: number;

  @Choice(['02-28', '03-01'], {
    optional: true,
    description: 'when somebody born on 29 February comes of age; left out: 03-01',
  })
  leapDay?: RulePack['leapDay'];

  @Parts(() => RequirementPart, { max: 200 })
  requirements: RequirementPart[];
}

const ADVICE = 'Published by the practice. Check it with your counsel.';

@ApiTags('rule packs')
@Controller('v1/rule-packs')
export class RulePackController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  @Create({ summary: 'Publish an edition of a rule pack of the practice', allow: ['owner'] })
  publish(@Meta() meta: CommandMeta, @Body() body: PublishRulePackBody) {
    const id = rulePackIdOf(meta.practiceId, body.packId);
    const command = { type: 'PublishRulePack', edition: editionOf(body) } as const;
    return this.commands.execute(commandFor(rulePack, { ...meta, id, expected: 'any' }, command));
  }

  @Query('', {
    summary: 'The rules a consent is judged by, each edition with its dates and clauses',
    allow: ROLES,
  })
  async list(@Caller() { practiceId }: Principal) {
    const published = (await this.store.reader.categories(practiceId, ['rulepack'])) as {
      data: RulePackEvent['data'];
    }[];
    return { data: [...SHIPPED_PACKS, ...published.map(({ data }) => data.edition)] };
  }
}

function editionOf(body: PublishRulePackBody): RulePack {
  const { packId, title, jurisdiction, profession, validFrom, validTo, ageOfConsent, leapDay } = body;
  const of = (purpose: Purpose | undefined): Requirement[] =>
    body.requirements
      .filter((requirement) => requirement.purpose === purpose)
      .map(({ element, clause, when }) => ({
        element,
        clause,
        ...(when ? { when: circumstances(when) } : {}),
      }));
  const purposes = PURPOSES.filter((purpose) => of(purpose).length > 0);
  return {
    id: packId,
    title,
    jurisdiction,
    profession,
    validFrom,
    validTo: validTo ?? null,
    ageOfConsent,
    leapDay: leapDay ?? '03-01',
    always: of(undefined),
    perPurpose: Object.fromEntries(purposes.map((purpose) => [purpose, of(purpose)])),
    advice: ADVICE,
  };
}

const circumstances = ({
  unitKinds,
  minor,
  remote,
  mandated,
}: WhenPart): NonNullable<Requirement['when']> => ({
  ...(unitKinds ? { unitKinds } : {}),
  ...(minor ? { minor } : {}),
  ...(remote ? { remote } : {}),
  ...(mandated ? { mandated } : {}),
});
