import { missing } from '#libs/kernel';
import { openPart, type InquiryState } from './situation.js';

/** `clinical`: clinical text and somebody's own words; `identity`: who was told, named or referred to. */
export interface Sight {
  clinical: boolean;
  identity: boolean;
}

/** An inquiry as it is shown: every step so far, also once closed. Nothing of it is made up of what is left out. */
export function shown(state: InquiryState, { clinical, identity }: Sight) {
  const part = openPart(state);
  if (!part) return missing('inquiry');
  const words = <T extends object>(fields: T, ...names: (keyof T)[]) =>
    without(fields, clinical ? [] : names);
  const people = <T extends object>(fields: T, ...names: (keyof T)[]) =>
    without(fields, identity ? [] : names);
  return {
    status: state.situation,
    ...people(words(part.received, 'concern'), 'conflictsWith'),
    preferences: part.preferences,
    dataNoticeGiven: part.dataNoticeGiven,
    screening:
      'screening' in part && part.screening
        ? { ...words(part.screening, 'summary'), openRisk: part.openRisk ?? null }
        : null,
    redirection:
      'redirection' in part ? people(words(part.redirection, 'summary'), 'to', 'told', 'nextStep') : null,
    waiting:
      'waiting' in part
        ? {
            ...part.waiting,
            lastCheckIn: part.waiting.lastCheckIn ? words(part.waiting.lastCheckIn, 'words') : null,
          }
        : null,
    match: 'match' in part ? people(words(part.match, 'inClientsOwnWords'), 'reasons') : null,
    offer: 'offer' in part ? part.offer : null,
    accepted: state.situation === 'accepted' ? state.accepted : null,
    declined: state.situation === 'declined' ? people(state.declined, 'nextStep') : null,
    referred: state.situation === 'referred' ? people(words(state.referred, 'handedOver'), 'to') : null,
    withdrawn: state.situation === 'withdrawn' ? words(state.withdrawn, 'words') : null,
  };
}

const without = <T extends object>(fields: T, names: readonly (keyof T)[]): Partial<T> =>
  Object.fromEntries(
    Object.entries(fields).filter(([name]) => !names.includes(name as keyof T)),
  ) as Partial<T>;
