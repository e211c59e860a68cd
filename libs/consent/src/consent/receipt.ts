import { contentHash, type LocalDate } from '#libs/kernel';
import type { Purpose } from '../rule-pack/elements.js';
import type { ConsentEvent, SignedDocument } from './consent.js';
import type { Situation } from './situation.js';

/** What a receipt tells. A pure function of these makes the text, so it can be made again and compared. */
export interface ReceiptFacts {
  kind: 'given' | 'renewed' | 'withdrawn';
  purpose: Purpose;
  locale: string;
  stanceVersionNo: number | undefined;
  documents: readonly SignedDocument[];
  expiresOn: LocalDate | null;
  /** what alone was withdrawn: an element, or a recipient by name */
  part?: string;
  /** who may be told, by name */
  recipients?: readonly string[];
}

interface Phrases {
  kind: Record<ReceiptFacts['kind'], string>;
  purpose: Record<Purpose, string>;
  stance: (versionNo: number) => string;
  document: (versionNo: number, hash: string) => string;
  expires: (day: LocalDate) => string;
  howToWithdraw: string;
  onlyPart: (part: string) => string;
  towards: (names: string) => string;
  afterWithdrawal: string;
}

const LOCALES: Record<'en' | 'de', Phrases> = {
  en: {
    kind: {
      given: 'You gave your consent to',
      renewed: 'You renewed your consent to',
      withdrawn: 'You withdrew your consent to',
    },
    purpose: {
      treatment: 'treatment',
      telehealth: 'sessions by video or phone',
      recording: 'recording of sessions',
      observation_supervision: 'observation and supervision',
      group_participation: 'taking part in a group',
      joint_work_confidentiality: 'how confidentiality works when you come together',
      disclosure_authorization: 'passing on information',
      psychotherapy_note_authorization: 'release of psychotherapy notes',
      electronic_communication: 'electronic communication',
      third_party_billing: 'billing a third party',
      data_processing: 'processing of your data',
      research: 'research',
    },
    stance: (versionNo) => `You had read how your therapist stands towards you, in version ${versionNo}.`,
    document: (versionNo, hash) => `It rests on a text in version ${versionNo}, fingerprint ${hash}.`,
    expires: (day) => `It holds until the end of ${day}.`,
    howToWithdraw:
      'You can withdraw it at any time, wholly or in part, by telling anyone at the practice in whatever way you like. You need not give a reason, and it will not be held against you.',
    onlyPart: (part) => `Only this part is withdrawn: ${part}. The rest still holds.`,
    towards: (names) => `Nobody may be told but: ${names}.`,
    afterWithdrawal:
      'What was done before stays as it was. You can talk with us and consent again whenever you wish.',
  },
  de: {
    kind: {
      given: 'Sie haben eingewilligt in:',
      renewed: 'Sie haben Ihre Einwilligung erneuert in:',
      withdrawn: 'Sie haben Ihre Einwilligung zurückgezogen in:',
    },
    purpose: {
      treatment: 'die Behandlung',
      telehealth: 'Sitzungen per Video oder Telefon',
      recording: 'die Aufzeichnung von Sitzungen',
      observation_supervision: 'Beobachtung und Supervision',
      group_participation: 'die Teilnahme an einer Gruppe',
      joint_work_confidentiality: 'den Umgang mit Vertraulichkeit, wenn Sie gemeinsam kommen',
      disclosure_authorization: 'die Weitergabe von Informationen',
      psychotherapy_note_authorization: 'die Herausgabe psychotherapeutischer Notizen',
      electronic_communication: 'elektronische Kommunikation',
      third_party_billing: 'die Abrechnung mit Dritten',
      data_processing: 'die Verarbeitung Ihrer Daten',
      research: 'Forschung',
    },
    stance: (versionNo) =>
      `Sie hatten gelesen, wie Ihre Therapeutin oder Ihr Therapeut zu Ihnen steht, in Fassung ${versionNo}.`,
    document: (versionNo, hash) => `Grundlage ist ein Text in Fassung ${versionNo}, Fingerabdruck ${hash}.`,
    expires: (day) => `Sie gilt bis zum Ende des ${day}.`,
    howToWithdraw:
      'Sie können sie jederzeit ganz oder teilweise zurückziehen, indem Sie es irgendjemandem in der Praxis sagen, auf welchem Weg auch immer. Sie brauchen keinen Grund zu nennen, und es wird Ihnen nicht nachgetragen.',
    onlyPart: (part) => `Zurückgezogen ist nur dieser Teil: ${part}. Alles andere gilt weiter.`,
    towards: (names) => `Erfahren darf es niemand außer: ${names}.`,
    afterWithdrawal:
      'Was vorher geschehen ist, bleibt, wie es war. Sie können jederzeit mit uns sprechen und erneut einwilligen.',
  },
};

/** The receipt a client keeps: what, on which text, how to withdraw. Locales that do not exist fall back to English. */
function receiptText(facts: ReceiptFacts): { locale: string; text: string; contentHash: string } {
  const language = facts.locale.slice(0, 2);
  const locale = language === 'de' ? 'de' : 'en';
  const phrases = LOCALES[locale];
  const lines = [
    `${phrases.kind[facts.kind]} ${phrases.purpose[facts.purpose]}.`,
    ...(facts.part === undefined ? [] : [phrases.onlyPart(facts.part)]),
    ...(facts.recipients ? [phrases.towards(facts.recipients.join('; '))] : []),
    ...(facts.stanceVersionNo === undefined ? [] : [phrases.stance(facts.stanceVersionNo)]),
    ...facts.documents.map(({ versionNo, contentHash: hash }) => phrases.document(versionNo, hash)),
    ...(facts.kind === 'withdrawn'
      ? [phrases.afterWithdrawal]
      : [...(facts.expiresOn ? [phrases.expires(facts.expiresOn)] : []), phrases.howToWithdraw]),
  ];
  const text = lines.join('\n');
  return { locale, text, contentHash: contentHash(text) };
}

/** After every give and withdraw the client gets a receipt, in the language the consent was offered in. */
export function withReceipt(
  kind: 'given' | 'renewed' | 'withdrawn',
  event: ConsentEvent,
  { offer: lastOffer, given }: Situation,
): ConsentEvent[] {
  const { relationshipId, clientId, purpose } = event.data;
  const locale = lastOffer?.language ?? 'en';
  const rests = event.type === 'ConsentGiven' || event.type === 'ConsentRenewed' ? event.data : given;
  const receipt = receiptText({
    kind,
    purpose,
    locale,
    stanceVersionNo: rests?.stance.versionNo,
    documents: rests?.documents ?? [],
    expiresOn: rests?.expiresOn ?? null,
    ...(event.type === 'ConsentWithdrawn' ? partOf(event.data) : {}),
    ...('recipients' in event.data && event.data.recipients ? { recipients: event.data.recipients } : {}),
  });
  return [event, { type: 'ReceiptIssued', data: { relationshipId, clientId, purpose, kind, ...receipt } }];
}

function partOf({
  scope,
  recipient,
}: Extract<ConsentEvent, { type: 'ConsentWithdrawn' }>['data']): Pick<ReceiptFacts, 'part'> {
  if (scope.kind === 'element') return { part: scope.element.replaceAll('_', ' ') };
  return recipient === undefined ? {} : { part: recipient };
}
