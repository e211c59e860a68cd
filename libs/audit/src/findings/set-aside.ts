import type { Case } from './case.js';
import { consentAtStart } from './consent-at-start.js';
import { consentMeanwhile } from './consent-meanwhile.js';
import { continuedForSafety } from './exceptions.js';
import { finding, type Finding } from './finding.js';

/**
 * Sessions that would be shown for want of consent, had they not been marked in error. They count for nothing, and that
 * they were taken out is shown: else a mark would hide what was held without consent.
 */
export const setAside = (known: Case): Finding[] =>
  known.setAside.flatMap(({ marked, ...held }) => {
    const { sessionId, began, state } = held;
    const alone = { ...known, sessions: [held] };
    const hidden = [consentAtStart, consentMeanwhile, continuedForSafety].flatMap((find) => find(alone));
    const codes = [
      ...new Set([
        ...hidden.map(({ code }) => code),
        ...(state.started.gate.result === 'emergency' ? ['emergency'] : []),
      ]),
    ];
    if (codes.length === 0) return [];
    return finding({
      kind: 'session_without_consent_marked_in_error',
      code: 'marked_in_error',
      detail: `The session counts for nothing since it was marked in error; else it would be shown for this: ${codes.map((code) => code.replaceAll('_', ' ')).join(', ')}. Ask those who were there whether it was held.`,
      relationshipId: known.relationshipId,
      therapistId: state.plan.therapistId,
      clientIds: state.plan.clientIds,
      sessionId,
      occurredAt: state.startedAt,
      provedBy: [began, marked, ...hidden.flatMap(({ events }) => events)],
    });
  });
