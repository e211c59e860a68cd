import { Body, Controller, Inject } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { UNIT_KINDS, type UnitKind } from '#libs/client';
import { commandFor, type CommandMeta } from '#libs/event-store';
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
import { rulePack, rulePackIdOf } from './rule-pack.js';
import { RulePackReader } from './rule-packs.reader.js';
import {
  ELEMENTS,
  PURPOSES,
  SESSION_PURPOSES,
  type Element,
  type Purpose,
  type SessionPurpose,
} from './elements.js';
import { USUAL_CONSENTS, type RequiredConsent, type Requirement, type RulePack } from './pack.js';

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

class WhenAskedPart {
  @Choices(UNIT_KINDS, { optional: true })
  unitKinds?: UnitKind[];

  @Flag({ optional: true, description: 'true: over video or phone only' })
  remote?: boolean;
}

class RequiredConsentPart {
  @Choice(SESSION_PURPOSES)
  purpose: SessionPurpose;

  @Text({ description: 'the clause it rests on' })
  clause: string;

  @Part(() => WhenAskedPart, { optional: true, description: 'left out: always' })
  when?: WhenAskedPart;
}

class MinorsAlonePart {
  @Whole(5, 24, { description: 'years' })
  age: number;

  @Text({ description: 'the clause that lets them' })
  clause: string;
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

  @Part(() => MinorsAlonePart, {
    optional: true,
    description:
      'from which age a minor may consent without a guardian where it is attested that they can decide; left out: never',
  })
  minorsAlone?: MinorsAlonePart;

  @Choice(['02-28', '03-01'], {
    optional: true,
    description: 'when somebody born on 29 February comes of age; left out: 03-01',
  })
  leapDay?: RulePack['leapDay'];

  @Parts(() => RequirementPart, { max: 200 })
  requirements: RequirementPart[];

  @Parts(() => RequiredConsentPart, {
    optional: true,
    min: 0,
    max: 20,
    description:
      'consents by themselves that a session rests on beside treatment; left out: telehealth over video or phone, group_participation in a group, joint_work_confidentiality of a couple or family',
  })
  consents?: RequiredConsentPart[];
}

const ADVICE = 'Published by the practice. Check it with your counsel.';

@ApiTags('rule packs')
@Controller('v1/rule-packs')
export class RulePackController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(RulePackReader) private readonly packs: RulePackReader,
  ) {}

  @Create({
    summary: 'Publish an edition of a rule pack of the practice; one weaker than the shipped needs a reason',
    access: 'rule_pack:publish',
  })
  publish(@Meta() meta: CommandMeta, @Body() body: PublishRulePackBody) {
    const id = rulePackIdOf(meta.practiceId, body.packId);
    const command = { type: 'PublishRulePack', edition: editionOf(body) } as const;
    return this.commands.execute(commandFor(rulePack, { ...meta, id, expected: 'any' }, command));
  }

  @Query('', {
    summary: 'The rules a consent is judged by, each edition with its dates and clauses',
    access: 'rule_pack:read',
  })
  async list(@Caller() { practiceId }: Principal) {
    return { data: await this.packs.editions(practiceId) };
  }
}

function editionOf(body: PublishRulePackBody): RulePack {
  const { packId, title, jurisdiction, profession, validFrom, validTo, ageOfConsent, leapDay } = body;
  const { minorsAlone } = body;
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
    ...(minorsAlone ? { minorsAlone: { age: minorsAlone.age, clause: minorsAlone.clause } } : {}),
    leapDay: leapDay ?? '03-01',
    always: of(undefined),
    perPurpose: Object.fromEntries(purposes.map((purpose) => [purpose, of(purpose)])),
    consents: body.consents?.map(consentOf) ?? USUAL_CONSENTS,
    advice: ADVICE,
  };
}

const consentOf = ({ purpose, clause, when }: RequiredConsentPart): RequiredConsent => ({
  purpose,
  clause,
  ...(when ? { when: circumstances(when) } : {}),
});

const circumstances = ({
  unitKinds,
  minor,
  remote,
  mandated,
}: WhenPart & WhenAskedPart): NonNullable<Requirement['when']> => ({
  ...(unitKinds ? { unitKinds } : {}),
  ...(minor ? { minor } : {}),
  ...(remote ? { remote } : {}),
  ...(mandated ? { mandated } : {}),
});
