import { describe, expect, it } from 'vitest';
import { forDecider, NOW } from '../../../../test/support/decider-kit.js';
import { document, hashOf, shownDocument, type DocumentEvent, type DocumentText } from './document.js';

const text: DocumentText = {
  kind: 'consent_form',
  title: 'What therapy here is',
  locale: 'en',
  text: 'In plain words.',
  elements: ['risks'],
};
const drafted = (more: Partial<DocumentText> = {}): DocumentEvent => ({
  type: 'DocumentDrafted',
  data: { ...text, ...more },
});
const published = (versionNo = 1, materiality: 'material' | 'cosmetic' = 'material'): DocumentEvent => ({
  type: 'DocumentPublished',
  data: { ...text, versionNo, contentHash: hashOf(text), materiality, effectiveFrom: NOW },
});
const { given } = forDecider(document);
const shown = (...events: DocumentEvent[]) => {
  const { state } = given(...events);
  if (state.situation === 'none') throw new Error('nothing was drafted');
  return shownDocument(state);
};

describe('a document', () => {
  it('is drafted, revised and published as a version with the hash of what is read', () => {
    given()
      .when({ type: 'DraftDocument', ...text })
      .then(drafted());
    given(drafted())
      .when({ type: 'ReviseDocument', title: 'What we do here' })
      .then(drafted({ title: 'What we do here' }));
    given(drafted()).when({ type: 'PublishDocument', materiality: 'cosmetic' }).then(published());
  });

  it('that covers something else has changed materially', () =>
    given(drafted(), published(), drafted({ elements: ['risks', 'benefits'] }))
      .when({ type: 'PublishDocument', materiality: 'cosmetic' })
      .thenRefused('elements_changed'));

  it('has versions that follow each other: none is slipped in below one that people have read', () =>
    given(drafted(), published(), drafted({ title: 'What we do here' }))
      .when({ type: 'PublishDocument', materiality: 'material' }, { occurredAt: '2020-01-01T09:00:00.000Z' })
      .thenRefused('before_current_version'));

  it('does not change in hindsight what people have consented to: a new version begins now', () => {
    const earlier = { occurredAt: NOW, now: '2026-06-15T10:00:00.000Z' };
    const publish = { type: 'PublishDocument', materiality: 'material' } as const;
    given(drafted(), published(), drafted({ title: 'What we do here' }))
      .when(publish, earlier)
      .thenRefused('in_force_until_now');
    given(drafted()).when(publish, earlier).then(published());
  });

  it('is shown with a draft only where that says something else than what was published last', () => {
    expect(shown(drafted())).toEqual({ status: 'drafted', draft: text, versions: [] });
    expect(shown(drafted(), published())).toMatchObject({
      status: 'published',
      versions: [{ versionNo: 1 }],
    });
    expect(shown(drafted(), published())).not.toHaveProperty('draft');
    const revised = shown(drafted(), published(), drafted({ text: 'In plainer words.' }));
    expect(revised.draft).toMatchObject({ text: 'In plainer words.' });
    expect(shown(drafted(), published(), drafted({ text: 'x' }), drafted())).not.toHaveProperty('draft');
  });

  it('that was withdrawn is changed no more', () =>
    given(drafted(), published(), { type: 'DocumentWithdrawn', data: { versionNo: 1 } })
      .when({ type: 'ReviseDocument', title: 'Another' })
      .thenRefused('document_withdrawn'));
});
