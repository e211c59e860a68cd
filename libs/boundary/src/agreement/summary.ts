import type { About, Agreement } from './agreement.js';
import { shownCrossing, type ShownCrossing } from './crossing-summary.js';
import type { Terms } from './terms.js';
import { stillToAgree, type InForce, type Party, type RequiredParties, type Version } from './version.js';

export const AGREEMENT_STATUSES = [
  'not_agreed',
  'proposed',
  'discussed',
  'agreed',
  'amendment_open',
  'ended',
] as const;
export type AgreementStatus = (typeof AGREEMENT_STATUSES)[number];

/**
 * `versionNo` is in force since `inForceFrom` and due for review on `reviewOn`; `proposedVersionNo` waits for those in
 * `stillToAgree`.
 */
export type AgreementSummary = About & {
  status: AgreementStatus;
  versionNo?: number;
  inForceFrom?: string;
  reviewOn?: string;
  proposedVersionNo?: number;
  stillToAgree: Party[];
};

/** `not_agreed` where nothing was ever proposed and there are only crossings. */
export const statusOf = (state: Agreement): AgreementStatus => {
  if (state.situation === 'none') return 'not_agreed';
  return state.situation === 'proposed' && state.draft.discussions.length > 0 ? 'discussed' : state.situation;
};

/** The agreement as the board and the consent status show it; undefined when nothing was ever proposed. */
export function agreementSummary(state: Agreement): AgreementSummary | undefined {
  if (state.situation === 'none') return undefined;
  const { relationshipId, topic } = state;
  const draft = 'draft' in state ? state.draft : undefined;
  const inForce = 'inForce' in state ? state.inForce : undefined;
  return {
    relationshipId,
    topic,
    status: statusOf(state),
    ...(inForce ? { versionNo: inForce.no, inForceFrom: inForce.from } : {}),
    ...(inForce?.reviewOn ? { reviewOn: inForce.reviewOn } : {}),
    ...(draft ? { proposedVersionNo: draft.no } : {}),
    stillToAgree: draft ? stillToAgree(draft) : [],
  };
}

/** One wording as it is read; without `words`, `limits` and summaries for whoever may not see clinical text. */
export type ShownVersion = Omit<Terms, 'words'> &
  Partial<Pick<Terms, 'words'>> & {
    versionNo: number;
    since: string;
    requiredParties: RequiredParties;
    discussions: Version['discussions'];
    agreed: (Party & { how: string; at: string })[];
    inForceFrom?: string;
    inForceUntil?: string;
    reviews?: InForce['reviews'];
  };

/** The agreement with its wordings: the one in force, the one being talked about, or the last one, and those before. */
export type ShownAgreement = AgreementSummary & {
  inForce?: ShownVersion;
  proposed?: ShownVersion;
  last?: ShownVersion;
  reasonCode?: string;
  endedAt?: string;
  earlier: ShownVersion[];
};

/** What somebody may read of an agreement; undefined when nothing was ever proposed. */
export function shownAgreement(state: Agreement, clinical: boolean): ShownAgreement | undefined {
  const summary = agreementSummary(state);
  if (!summary || state.situation === 'none') return undefined;
  return {
    ...summary,
    ...('inForce' in state ? { inForce: shown(state.inForce, clinical) } : {}),
    ...('draft' in state ? { proposed: shown(state.draft, clinical) } : {}),
    ...(state.situation === 'ended'
      ? { last: shown(state.last, clinical), reasonCode: state.reasonCode, endedAt: state.endedAt }
      : {}),
    earlier: state.earlier.map((version) => shown(version, clinical)),
  };
}

/** Every crossing of a boundary with its words: for those who may read clinical text. */
export const shownCrossings = ({ crossings }: Agreement): ShownCrossing[] =>
  Object.values(crossings).map(shownCrossing);

function shown(version: Version | InForce, clinical: boolean): ShownVersion {
  const { no, since, terms, requiredParties, discussions, agreed } = version;
  const { words, limits, ...codes } = terms;
  return {
    versionNo: no,
    since,
    ...codes,
    ...(clinical ? { words, ...(limits === undefined ? {} : { limits }) } : {}),
    requiredParties,
    discussions: withoutSummaries(discussions, clinical),
    agreed: agreed.map(({ party, how, at }) => ({ ...party, how, at })),
    ...('from' in version
      ? {
          inForceFrom: version.from,
          ...(version.until ? { inForceUntil: version.until } : {}),
          reviews: withoutSummaries(version.reviews, clinical),
        }
      : {}),
  };
}

const withoutSummaries = <T extends { summary?: string }>(entries: readonly T[], clinical: boolean): T[] =>
  entries.map((entry) => {
    const { summary: _, ...rest } = entry;
    return clinical ? entry : (rest as T);
  });
