import type { Element } from '../../libs/consent/src/rule-pack/elements.js';
import { SHIPPED_PACKS } from '../../libs/consent/src/rule-pack/packs.js';
import { packInForce, requirements } from '../../libs/consent/src/rule-pack/pack.js';
import {
  consent,
  type ConsentCommand,
  type ConsentEvent,
  type GivingFacts,
} from '../../libs/consent/src/consent/consent.js';
import { forDecider, NOW, STAFF } from './decider-kit.js';

/* For specs only: one consent, told by its own events, and what giving it is judged by. */

export const about = {
  relationshipId: '0190bbbb-0000-7000-8000-000000000001',
  clientId: '0190bbbb-0000-7000-8000-000000000002',
  purpose: 'treatment' as const,
};
export const stance = {
  stanceId: '0190bbbb-0000-7000-8000-000000000003',
  versionNo: 1,
  contentHash: 'sha256:aa',
};
export const text = {
  documentId: '0190bbbb-0000-7000-8000-000000000004',
  versionNo: 1,
  contentHash: 'sha256:bb',
  material: true,
  elements: ['risks'] as Element[],
};
export const required = requirements(packInForce(SHIPPED_PACKS, 'generic', '2026-06-15')!, {
  purpose: 'treatment',
  unitKind: 'individual',
  minor: false,
  remote: false,
});

export const facts: GivingFacts = {
  required,
  stance,
  documents: [{ documentId: text.documentId, newestVersionNo: 1, outdated: false, withdrawn: false }],
  minor: false,
  majorityOn: '2008-01-01',
  therapistId: STAFF,
  format: 'in_person',
  rulePack: { id: 'generic', validFrom: '2015-01-01' },
  reviewIntervalMonths: 12,
  zone: 'Europe/Berlin',
  relationshipOpen: true,
};
export const signature = { method: 'typed' as const, signedName: 'Invented Person' };

export const offered: ConsentEvent = {
  type: 'ConsentOffered',
  data: { ...about, documents: [text], language: 'en', channel: 'in_person' },
};
export const disclosed = required
  .filter(({ element }) => element !== 'therapist_stance')
  .map(({ element }): ConsentEvent => ({
    type: 'ElementDisclosed',
    data: { ...about, element, how: 'spoken' },
  }));
export const understood: ConsentEvent = {
  type: 'ComprehensionRecorded',
  data: {
    ...about,
    method: 'teach_back',
    understood: true,
    capacity: { attested: true },
    capacityAttested: true,
  },
};
export const free: ConsentEvent = {
  type: 'VoluntarinessRecorded',
  data: { ...about, voluntary: true, mandated: false, pressures: [] },
};
export const acknowledged: ConsentEvent = { type: 'StanceAcknowledged', data: { ...about, ...stance } };
export const talked = [offered, ...disclosed, understood, free, acknowledged];
export const given: Extract<ConsentEvent, { type: 'ConsentGiven' }> = {
  type: 'ConsentGiven',
  data: {
    ...about,
    by: 'self',
    signature,
    validFrom: NOW,
    expiresOn: null,
    reviewOn: '2027-06-15',
    stance,
    documents: [text],
    therapistId: STAFF,
    format: 'in_person',
    rulePack: facts.rulePack,
    majorityOn: null,
  },
};
export const withdrawn: ConsentEvent = {
  type: 'ConsentWithdrawn',
  data: { ...about, by: 'self', channel: 'phone', scope: { kind: 'purpose' } },
};
export const give: Extract<ConsentCommand, { type: 'GiveConsent' }> = {
  type: 'GiveConsent',
  by: 'self',
  signature,
  facts,
};

export const the = forDecider(consent);
export const decided = (events: ConsentEvent[], command: ConsentCommand, occurredAt = NOW) => {
  const { state } = the.given(...events);
  return consent.decide(state, command, {
    practiceId: '',
    id: '',
    actor: { id: STAFF, role: 'therapist' },
    now: occurredAt,
    occurredAt,
  });
};
