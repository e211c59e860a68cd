import type { About, Agreement } from './agreement.js';
import { stillToAgree, type Party, type RequiredParties, type Terms, type Version } from './terms.js';

export const AGREEMENT_STATUSES = ['proposed', 'discussed', 'agreed', 'amendment_open', 'ended'] as const;

/** `versionNo` is in force, `proposedVersionNo` waits for those in `stillToAgree`. */
export type AgreementSummary = About & {
  status: (typeof AGREEMENT_STATUSES)[number];
  versionNo?: number;
  proposedVersionNo?: number;
  stillToAgree: Party[];
};

/** The agreement as the board and the consent status show it; undefined when nothing was ever proposed. */
export function agreementSummary(state: Agreement): AgreementSummary | undefined {
  if (state.situation === 'none') return undefined;
  const { situation, relationshipId, topic } = state;
  const draft = 'draft' in state ? state.draft : undefined;
  return {
    relationshipId,
    topic,
    status: situation === 'proposed' && draft?.discussions.length ? 'discussed' : situation,
    ...('inForce' in state ? { versionNo: state.inForce.no } : {}),
    ...(draft ? { proposedVersionNo: draft.no } : {}),
    stillToAgree: draft ? stillToAgree(draft) : [],
  };
}

/** One wording as it is read; without `words`, `limits` and summaries for whoever may not see clinical text. */
export type ShownVersion = Pick<Terms, 'rule'> &
  Partial<Pick<Terms, 'limits' | 'words'>> & {
    versionNo: number;
    requiredParties: RequiredParties;
    discussions: Version['discussions'];
    agreed: Party[];
  };

/** The agreement with its wordings: the one in force, the one being talked about, or the last one. */
export type ShownAgreement = AgreementSummary & {
  inForce?: ShownVersion;
  proposed?: ShownVersion;
  last?: ShownVersion;
  reasonCode?: string;
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
      ? { last: shown(state.last, clinical), reasonCode: state.reasonCode }
      : {}),
  };
}

function shown(
  { no, terms, requiredParties, discussions, agreed }: Version,
  clinical: boolean,
): ShownVersion {
  const { rule, ...text } = terms;
  return {
    versionNo: no,
    rule,
    ...(clinical ? text : {}),
    requiredParties,
    discussions: clinical ? discussions : discussions.map(({ at }) => ({ at })),
    agreed,
  };
}
