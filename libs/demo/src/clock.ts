import type { Clock, Instant } from '#libs/kernel';

/** A clock that stands where it was put: the loader lets every command happen on the day its story says. */
export class MovableClock implements Clock {
  private instant: Instant = '1970-01-01T00:00:00.000Z';

  set(instant: Instant): void {
    this.instant = instant;
  }

  now(): Instant {
    return this.instant;
  }
}
