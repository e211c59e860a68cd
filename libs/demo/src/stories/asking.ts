import { deriveId, type LocalDate } from '#libs/kernel';
import type { InquiryRequest } from '#libs/intake';
import type { DaysAgo } from '../calendar.js';
import { AdvanceInquiry } from '../commands.js';
import { actor, type StaffKey } from '../practices.js';
import { Story, type Step } from '../script.js';
import type { World } from '../world.js';

type Of<Type extends InquiryRequest['type']> = Omit<Extract<InquiryRequest, { type: Type }>, 'type'>;

export const inquiryIdOf = (key: string): string => deriveId('demo', 'inquiry', `asked ${key}`);

/** Somebody who asked and has no therapist, or not yet. No client comes of it so far, and no name is kept. */
export class Inquirer {
  private readonly story: Story;
  private readonly id: string;

  constructor(
    readonly world: World,
    key: string,
    steps: Step[],
  ) {
    const { house, practiceId, calendar } = world;
    this.story = new Story(`${house.key}/asked ${key}`, practiceId, calendar, steps);
    this.id = inquiryIdOf(key);
  }

  /** The story goes on at about this day, on a working day. */
  on(ago: DaysAgo, time: string): this {
    this.story.on(this.world.calendar.workday(ago), time);
    return this;
  }

  asks(received: Of<'ReceiveInquiry'>): this {
    return this.goes('asks for therapy', { type: 'ReceiveInquiry', ...received }, 'coordinator', true);
  }

  isScreened(screening: Of<'ScreenInquiry'>): this {
    return this.goes('is screened', { type: 'ScreenInquiry', ...screening });
  }

  isOffered(therapistId: string): this {
    return this.goes('is matched', {
      type: 'MatchTherapist',
      therapistId,
      reasons: ['has room for somebody new'],
    }).goes('is offered a place', { type: 'OfferInquiry', therapistId });
  }

  waits(waiting: Of<'WaitlistInquiry'>): this {
    return this.goes('is put on the waiting list', { type: 'WaitlistInquiry', ...waiting });
  }

  stillWaits(words: string): this {
    return this.goes('still waits', { type: 'RecordCheckIn', stillWaiting: true, words });
  }

  isSentOnUrgently(redirection: Of<'RedirectInquiryUrgently'>): this {
    return this.goes('is sent on at once', { type: 'RedirectInquiryUrgently', ...redirection }, 'rafael');
  }

  isReferred(referral: Of<'ReferInquiry'>): this {
    return this.goes('is referred', { type: 'ReferInquiry', ...referral });
  }

  goesElsewhere(declined: Of<'DeclineInquiry'>): this {
    return this.goes('goes elsewhere', { type: 'DeclineInquiry', ...declined });
  }

  dateOf = (ago: DaysAgo): LocalDate => this.world.calendar.dateOf(ago);

  private goes(what: string, request: InquiryRequest, by: StaffKey = 'coordinator', creates = false): this {
    const { id } = this;
    this.story.enter(
      { what, id, by: actor(this.world.house.key, by), creates },
      (meta) => new AdvanceInquiry(meta, request),
    );
    return this;
  }
}
