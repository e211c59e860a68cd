import {
  addMinutes,
  conflict,
  contentHash,
  missing,
  refuseIfAny,
  unreachable,
  type CommandContext,
  type Decider,
  type Instant,
  type Reason,
  type Recorded,
} from '#libs/kernel';
import type { Element } from '../rule-pack/elements.js';

// events

export const DOCUMENT_KINDS = ['disclosure', 'consent_form', 'fee_schedule', 'privacy_notice'] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];
export type Materiality = 'material' | 'cosmetic';

export type DocumentText = {
  kind: DocumentKind;
  title: string;
  locale: string;
  text: string;
  elements: Element[];
};
export type DocumentEvent =
  | { type: 'DocumentDrafted'; data: DocumentText }
  | {
      type: 'DocumentPublished';
      data: DocumentText & {
        versionNo: number;
        contentHash: string;
        materiality: Materiality;
        effectiveFrom: Instant;
      };
    }
  | { type: 'DocumentWithdrawn'; data: { versionNo: number } };

// state

export type DocumentVersion = DocumentText & {
  versionNo: number;
  contentHash: string;
  materiality: Materiality;
  effectiveFrom: Instant;
  publishedAt: Instant;
};
export type DocumentState =
  | { situation: 'none' }
  | { situation: 'drafted'; draft: DocumentText; versions: [] }
  | { situation: 'published'; draft: DocumentText; versions: DocumentVersion[] }
  | { situation: 'withdrawn'; draft: DocumentText; versions: DocumentVersion[] };

function evolve(state: DocumentState, event: Recorded<DocumentEvent>): DocumentState {
  const versions = state.situation === 'none' ? [] : state.versions;
  switch (event.type) {
    case 'DocumentDrafted':
      return versions.length === 0
        ? { situation: 'drafted', draft: event.data, versions: [] }
        : { situation: 'published', draft: event.data, versions };
    case 'DocumentPublished': {
      const { kind, title, locale, text, elements } = event.data;
      return {
        situation: 'published',
        draft: { kind, title, locale, text, elements },
        versions: [...versions, { ...event.data, publishedAt: event.occurredAt }],
      };
    }
    case 'DocumentWithdrawn':
      return state.situation === 'none' ? state : { ...state, situation: 'withdrawn', versions };
    default:
      return unreachable(event);
  }
}

// commands

export type DocumentCommand =
  | ({ type: 'DraftDocument' } & DocumentText)
  | ({ type: 'ReviseDocument' } & Partial<Omit<DocumentText, 'kind'>>)
  | { type: 'PublishDocument'; materiality: Materiality; effectiveFrom?: Instant }
  | { type: 'WithdrawDocument' };

// decide

/** The hash of a version runs over everything a person reads, so an auditor can make it again. */
export const hashOf = ({ title, locale, text }: DocumentText): string =>
  contentHash(JSON.stringify([title, locale, text]));

const same = (a: DocumentText, b: DocumentText) =>
  hashOf(a) === hashOf(b) && [...a.elements].sort().join() === [...b.elements].sort().join();

/** A new version is prospective, as a stance is: what was consented to meanwhile was the version before. */
const LATEST_MINUTES_AGO = 2;

function decide(
  state: DocumentState,
  command: DocumentCommand,
  { occurredAt, now }: Pick<CommandContext, 'occurredAt' | 'now'>,
): DocumentEvent[] {
  if (command.type === 'DraftDocument') {
    const { type: _, ...draft } = command;
    if (state.situation === 'none') return [{ type: 'DocumentDrafted', data: draft }];
    return same(state.draft, draft)
      ? []
      : conflict('already_drafted', 'This document exists. Revise it instead.');
  }
  if (state.situation === 'none') missing('document');
  if (state.situation === 'withdrawn')
    return command.type === 'WithdrawDocument'
      ? []
      : conflict('document_withdrawn', 'This document was withdrawn. Draft a new one.');
  const latest = state.versions.at(-1);
  switch (command.type) {
    case 'ReviseDocument': {
      const { type: _, ...changes } = command;
      const draft = { ...state.draft, ...changes };
      return same(state.draft, draft) ? [] : [{ type: 'DocumentDrafted', data: draft }];
    }
    case 'PublishDocument': {
      if (latest && same(latest, state.draft)) return [];
      const reasons: Reason[] = [];
      if (
        latest &&
        command.materiality === 'cosmetic' &&
        [...latest.elements].sort().join() !== [...state.draft.elements].sort().join()
      )
        reasons.push({
          code: 'elements_changed',
          detail: 'What the document covers has changed, so the change is material.',
        });
      if (latest && occurredAt < latest.publishedAt)
        reasons.push({
          code: 'before_current_version',
          detail: `Version ${latest.versionNo} was published at ${latest.publishedAt}. Give a later occurredAt.`,
        });
      else if (latest && occurredAt < addMinutes(now, -LATEST_MINUTES_AGO))
        reasons.push({
          code: 'in_force_until_now',
          detail: `Until now version ${latest.versionNo} was in force, and people consented to it. Leave occurredAt out.`,
        });
      refuseIfAny(reasons);
      const materiality = latest ? command.materiality : 'material';
      const data = {
        ...state.draft,
        versionNo: (latest?.versionNo ?? 0) + 1,
        contentHash: hashOf(state.draft),
        materiality,
        effectiveFrom: command.effectiveFrom ?? occurredAt,
      };
      return [{ type: 'DocumentPublished', data }];
    }
    case 'WithdrawDocument':
      return latest
        ? [{ type: 'DocumentWithdrawn', data: { versionNo: latest.versionNo } }]
        : conflict('document_not_published', 'Only a published document can be withdrawn.');
    default:
      return unreachable(command);
  }
}

/** As it is read: with its draft only where that says something else than the version published last. */
export function shownDocument(state: Exclude<DocumentState, { situation: 'none' }>) {
  const { situation: status, draft, versions } = state;
  const latest = versions.at(-1);
  return { status, ...(latest && same(latest, draft) ? {} : { draft }), versions };
}

/** Versioned disclosure and consent texts of a practice. They are the practice's words, not a client's: nothing personal. */
export const document: Decider<DocumentState, DocumentEvent, DocumentCommand> = {
  category: 'document',
  events: {
    DocumentDrafted: { schema: 1, personal: [] },
    DocumentPublished: { schema: 1, personal: [] },
    DocumentWithdrawn: { schema: 1, personal: [] },
  },
  initial: { situation: 'none' },
  evolve,
  decide,
  subjects: () => [],
};
