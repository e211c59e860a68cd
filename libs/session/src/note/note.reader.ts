import { Inject, Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store';
import type { Principal } from '#libs/http';
import { localDate } from '#libs/kernel';
import { practiceNow, staff, supervisorsAt } from '#libs/practice';
import { coverOn, relationship } from '#libs/relationship';
import { note, type Note } from './note.js';
import { shownNote } from './summary.js';

/** Reads one note for somebody. */
@Injectable()
export class NoteReader {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  /** @throws DomainError `missing` */
  async one(principal: Principal, id: string) {
    const { state, version } = await this.store.load(note, principal.practiceId, id);
    return { id, version, ...shownNote(state, await this.mayRead(principal, state)) };
  }

  /** Words are for the author, those who supervise the author now, and whoever has the client now or stands in today. */
  private async mayRead({ practiceId, staffId }: Principal, state: Note): Promise<boolean> {
    if (state.situation === 'none') return false;
    if (state.authorId === staffId) return true;
    const now = this.store.clock.now();
    const { state: author } = await this.store.load(staff, practiceId, state.authorId);
    if (author.situation !== 'none' && supervisorsAt(author.supervisions, now).includes(staffId)) return true;
    const { state: bond } = await this.store.load(relationship, practiceId, state.relationshipId);
    if (bond.situation === 'none') return false;
    const { zone } = await practiceNow(this.store, practiceId);
    const cover = coverOn(bond.covers, localDate(now, zone));
    return bond.therapistId === staffId || cover?.therapistId === staffId;
  }
}
