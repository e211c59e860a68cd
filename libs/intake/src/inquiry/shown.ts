import { missing } from '#libs/kernel';
import type { InquiryState } from './inquiry.js';

/** An inquiry as it is shown: every step so far, also once closed. @param clinical false leaves clinical text and own words out */
export function shown(state: InquiryState, clinical: boolean) {
  if (state.situation === 'none') missing('inquiry');
  const { situation: stage } = state;
  const open = 'before' in state ? state.before : state;
  const { concern, ...received } = open.received;
  const { summary, ...screening } = 'screening' in open ? open.screening : { summary: undefined };
  const { inClientsOwnWords, ...match } = 'match' in open ? open.match : { inClientsOwnWords: undefined };
  return {
    stage,
    ...received,
    dataNoticeGiven: open.dataNoticeGiven,
    ...(clinical ? { concern } : {}),
    screening:
      'screening' in open
        ? { ...screening, openRisk: open.openRisk ?? null, ...(clinical ? { summary } : {}) }
        : null,
    match: 'match' in open ? { ...match, ...(clinical ? { inClientsOwnWords } : {}) } : null,
    offer: 'offer' in open ? open.offer : null,
    accepted: state.situation === 'accepted' ? state.accepted : null,
    declined: state.situation === 'declined' ? state.declined : null,
  };
}
