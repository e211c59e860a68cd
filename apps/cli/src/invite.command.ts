import type { EventStore } from '#libs/event-store';
import { invite, linkOf } from '#libs/identity';
import { isUuid } from '#libs/kernel';

/** The link on stdout. @throws DomainError, Error when there is no such staff member anywhere */
export async function printInvitation(store: EventStore, staffId: string, publicUrl: string): Promise<void> {
  if (!isUuid(staffId)) throw new Error(`"${staffId}" is no id of a staff member.`);
  const { rows } = await store.worker.query<{ practiceId: string }>(
    `select h.practice_id as "practiceId" from log.head h
     where exists (select from log.event e where e.practice_id = h.practice_id and e.stream = $1 and e.version = 1)`,
    [`staff-${staffId}`],
  );
  const [found] = rows;
  if (!found) throw new Error('There is no such staff member. Their ids are in GET /v1/staff.');
  const { invitation, expiresAt } = await invite(store, { practiceId: found.practiceId, staffId });
  process.stdout.write(
    `${linkOf(publicUrl, invitation)}\nGood until ${expiresAt}, once. It cannot be read again.\n`,
  );
}
