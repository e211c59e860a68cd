import { contentHash } from '#libs/kernel';
import { describe, expect, test } from 'vitest';
import type { Dimensions } from './dimensions.js';
import { EXAMPLE_FOR_ONE, EXAMPLE_FOR_SEVERAL } from './example.js';
import { LOCALES } from './locales/index.js';
import { OWN_WORDS_KEYS } from './shape.js';
import { TEMPLATE_VERSION, renderStatement, statementOf } from './statement.js';

const english = (changes: Partial<Dimensions>, ownWords: Record<string, string> = {}) =>
  renderStatement({ dimensions: { ...EXAMPLE_FOR_ONE, ...changes }, ownWords, locale: 'en' });
const paragraphWith = (statement: string, words: string) =>
  statement.split('\n\n').find((paragraph) => paragraph.includes(words)) ?? '';

describe('the statement', () => {
  test('a client reads where their therapist stands, in English', () => {
    const ownWords = {
      opening: 'Welcome.',
      challenge: 'Tell me when it is too much.',
      closing: 'I am glad you are here.',
    };
    expect(renderStatement({ dimensions: EXAMPLE_FOR_ONE, ownWords, locale: 'en' })).toMatchInlineSnapshot(`
      "Welcome.

      The relationship between us is unlike any other. Part of that is its neutrality: I am not part of the rest of your life, and you do not have to be any particular way for me. And yet I am not an objective third party. I am on your side. My first duty is to you.

      Here you can speak without shame. Nothing you tell me makes you less in my eyes. Say what comes to mind, in whatever words you find. This safety has limits, and you should know them from the start. It gives way:
      - when you or somebody else is in immediate danger of serious harm
      - when I have to report abuse or neglect
      - when a court orders me to give information

      I offer you regard, empathy and respect. I hold on to this even when it is hard, whatever you say, feel or do. Being accepted does not mean never being challenged. I will challenge you when I believe it can help you, gently and with care.

      Tell me when it is too much.

      You are my only source: what you tell me. I have no other picture of your life. I will also offer you a wider view. It is one way of seeing things, and you are free to see them differently. What shapes my view: my training and supervision.

      Our time is for you. Beyond what we agree about appointments and costs, I expect nothing from you in return. You do not have to take care of me. I rarely talk about my own life, and only when I believe it helps you. Some things I never talk about: my family.

      I stand up for you as a person: for your dignity, and for your right to decide about your own life. I do not speak for you in court.

      Every 4 sessions I ask you how our work is for you. For this I use: Session Rating Scale. You never have to wait for me to ask.

      How I work: person-centred therapy.

      You can ask me about any of this at any time.

      I am glad you are here."
    `);
  });

  test('English ships; locales are data, one more locale proves it', () => {
    const safety = { shameFree: true, invitation: 'Sagen Sie, was Ihnen in den Sinn kommt, in Ihren Worten' };
    const dimensions: Dimensions = {
      ...EXAMPLE_FOR_SEVERAL,
      safety,
      informationSources: ['client_account', 'measures', 'collateral_person'],
    };
    expect(renderStatement({ dimensions, ownWords: {}, locale: 'de' })).toMatchInlineSnapshot(`
      "Die Beziehung zwischen uns ist anders als jede andere. Das liegt auch an ihrer Neutralität: Ich gehöre nicht zu Ihrem übrigen Leben, und Sie müssen für mich keine Rolle erfüllen. Trotzdem bin ich keine unbeteiligte dritte Person, die objektiv von außen urteilt. Ich stehe auf der Seite jedes und jeder Einzelnen von Ihnen: Ich versuche, alle hier zu verstehen, und entscheide nicht, wer recht hat. Verpflichtet bin ich zuerst Ihnen allen gemeinsam, niemandem von Ihnen mehr als den anderen.

      Hier dürfen Sie aussprechen, was Sie bewegt, ohne sich zu schämen. Nichts, was Sie mir erzählen, mindert Sie in meinen Augen. Sagen Sie, was Ihnen in den Sinn kommt, in Ihren Worten. Dieser Schutz hat Grenzen, und Sie sollen sie von Anfang an kennen. Er tritt zurück:
      - wenn Ihnen oder jemand anderem unmittelbar schwerer Schaden droht
      - wenn ich Misshandlung, Missbrauch oder Vernachlässigung melden muss
      - wenn ein Gericht mich zur Auskunft verpflichtet
      - wenn ich unsere Arbeit in der Supervision bespreche

      Ich begegne Ihnen mit Wertschätzung, Einfühlung und Respekt. Daran halte ich fest, auch wenn es schwer wird, und gleich, was Sie sagen, fühlen oder tun. Angenommen zu sein heißt nicht, nie herausgefordert zu werden. Wenn ich glaube, dass es Ihnen helfen kann, fordere ich Sie heraus, und zwar vor allem durch Fragen.

      Sie sind nicht meine einzige Quelle. Worauf ich mich stütze: was Sie mir erzählen, Ihre Antworten in Fragebögen und Menschen aus Ihrem Umfeld. Ich biete Ihnen auch einen weiteren Blick an. Er ist eine mögliche Sicht auf die Dinge, und Sie dürfen sie anders sehen. Was meinen Blick prägt: meine Ausbildung und Supervision.

      Unsere Zeit gehört Ihnen allen. Über das hinaus, was wir zu Terminen und Kosten vereinbaren, erwarte ich von Ihnen keine Gegenleistung. Sie müssen sich nicht um mich kümmern. Von meinem eigenen Leben erzähle ich selten, und nur, wenn ich glaube, dass es Ihnen hilft. Über manches spreche ich nie: meine Familie.

      Ich trete für Sie als Person ein: für Ihre Würde und für Ihr Recht, über Ihr Leben selbst zu bestimmen. Vor Gericht spreche ich nicht für Sie.

      Alle 4 Sitzungen frage ich Sie, wie Sie unsere Arbeit erleben. Dafür verwende ich: Session Rating Scale. Sie müssen nie warten, bis ich frage.

      Wie ich arbeite: systemische Therapie.

      Zu all dem können Sie mich jederzeit fragen."
    `);
  });

  test('the relationship is neutral, and yet the therapist is not an objective third party', () => {
    const standing = english({}).split('\n\n')[0];
    expect(standing).toContain('unlike any other. Part of that is its neutrality');
    expect(standing).toContain('I am not an objective third party. I am on your side.');
  });

  test('the promise of safety always renders together with yieldsWhen', () => {
    const limits = [
      'imminent_harm',
      'abuse_report',
      'court_order',
      'supervision',
      'mandator_report',
    ] as const;
    const statement = english({
      allegiance: { to: 'client_with_duty_to_mandator', yieldsWhen: limits },
      safety: { shameFree: true, invitation: 'Come as you are.\n\n\r\n \r\nStay as long as you need' },
    });
    const promise = paragraphWith(statement, LOCALES.en.statement.shameFree.true);
    for (const limit of limits) expect(promise).toContain(LOCALES.en.yieldsWhen[limit]);
    expect(promise).toContain('Come as you are.\nStay as long as you need. This safety has limits');
  });

  test('a promise whose limits are not yet stated says that it has limits', () => {
    const statement = english({ allegiance: { to: 'client', yieldsWhen: [] } });
    expect(paragraphWith(statement, 'without shame')).toContain(
      'This safety has limits. I have not yet said which.',
    );
  });

  test('unconditionality always renders together with challenge', () => {
    const statement = english({ challenge: { willingness: 'rarely', style: 'direct' } });
    expect(paragraphWith(statement, 'I offer you regard')).toBe(
      'I offer you regard, empathy and respect. I hold on to this even when it is hard, whatever you say, feel or do. ' +
        'Being accepted does not mean never being challenged. I challenge you rarely, and then openly and directly.',
    );
  });

  test('what is not claimed is said not to be claimed', () => {
    const statement = english({ unconditionality: { kinds: [], degree: 'not_claimed' } });
    expect(statement).toContain(
      'I do not claim that I can accept everything without condition. Being accepted',
    );
  });

  test('the kind `other` is quoted', () => {
    const unconditionality = {
      kinds: ['other', 'respect'],
      degree: 'some',
      ownWords: ' staying\ncurious ',
    } as const;
    expect(english({ unconditionality })).toContain(
      'I try to offer you respect and “staying curious”, whatever',
    );
  });

  test('a client who is not the only source is told so', () => {
    const measured = english({ informationSources: ['client_account', 'measures'] });
    expect(measured).toContain(
      'I draw on what you tell me and questionnaires you fill in. I ask nobody else about you.',
    );
    expect(measured).not.toContain('only source');
    expect(english({ informationSources: ['outside_records', 'client_account'] })).toContain(
      'You are not my only source. I draw on what you tell me and records from elsewhere.',
    );
  });

  test('feedback after each session is not "every 1 sessions"', () => {
    expect(english({ feedback: { everySessions: 1 } })).toContain('After every session I ask you');
  });

  test('own words stand below what they are about, just as they were written', () => {
    const ownWords = Object.fromEntries(OWN_WORDS_KEYS.map((key) => [key, `{kinds} $& own words, ${key}`]));
    const paragraphs = english({}, ownWords).split('\n\n');
    for (const key of OWN_WORDS_KEYS) expect(paragraphs).toContain(`{kinds} $& own words, ${key}`);
    expect(paragraphs[0]).toContain('opening');
    expect(paragraphs.at(-1)).toContain('closing');
    const at = (words: string) => paragraphs.findIndex((paragraph) => paragraph.endsWith(words));
    expect(at('own words, safety')).toBe(at('- when a court orders me to give information') + 1);
    expect(at('own words, challenge')).toBe(at('gently and with care.') + 2);
  });

  test('own words in unusual line ends become plain paragraphs', () => {
    expect(english({}, { closing: '\r\nOne.\r\rTwo.\r\n' })).toMatch(/One\.\n\nTwo\.$/);
  });
});

describe('the content hash', () => {
  // A changed hash means changed words: count TEMPLATE_VERSION up and keep the former phrases (statement.ts).
  test('an auditor regenerates the statement byte for byte', () => {
    expect(TEMPLATE_VERSION).toBe(2);
    const hashOf = (dimensions: Dimensions, locale: 'en' | 'de', templateVersion = 2) =>
      statementOf({ dimensions, ownWords: { opening: 'Grüß Gott 👋' }, locale, templateVersion }).contentHash;
    expect([hashOf(EXAMPLE_FOR_ONE, 'en'), hashOf(EXAMPLE_FOR_ONE, 'de')]).toMatchInlineSnapshot(`
      [
        "sha256:3e14e64c91becccfeb8674f462ff94b7f36b5c37df27df5c54c9f34faeede6a4",
        "sha256:cd1fb4ffcf5ed659c31a315453d979c840d663ac16beb2e0c5702a04b2280e64",
      ]
    `);
    expect([hashOf(EXAMPLE_FOR_SEVERAL, 'en'), hashOf(EXAMPLE_FOR_SEVERAL, 'de')]).toMatchInlineSnapshot(`
      [
        "sha256:a69bd8f82e8d2c8ac8d27ba8a8371c75273b7082beb3a1af04d4f2c1d758334c",
        "sha256:d08ed804629bec3e3c938eb3b5c22e2fcdc5bc4a1fab7c517a392f687231f205",
      ]
    `);
  });

  test('a statement of the first template version reads as it was read then', () => {
    const measured: Dimensions = { ...EXAMPLE_FOR_ONE, informationSources: ['client_account', 'measures'] };
    const parts = { dimensions: measured, ownWords: {}, locale: 'en' } as const;
    expect(renderStatement({ ...parts, templateVersion: 1 })).toContain(
      'You are my only source: what you tell me and questionnaires you fill in. I have no other picture of your life.',
    );
    for (const dimensions of [EXAMPLE_FOR_ONE, EXAMPLE_FOR_SEVERAL])
      expect(renderStatement({ ...parts, dimensions, templateVersion: 1 })).toBe(
        renderStatement({ ...parts, dimensions }),
      );
  });

  test('no word of any locale changes within a template version', () => {
    const phrasesOf = (locale: keyof typeof LOCALES) =>
      contentHash(JSON.stringify({ ...LOCALES[locale], changes: null }));
    expect([phrasesOf('en'), phrasesOf('de')]).toMatchInlineSnapshot(`
      [
        "sha256:afd52d8e8cbe6127a5a6ad0e225610ccedede921dd01ee16fcca4bdb52d5ed8e",
        "sha256:4bf7b9f9347628f351a1ae69912d0e9b338739d1c229117004ef2b8d144a8e41",
      ]
    `);
  });

  test('it is the SHA-256 of the UTF-8 text', () => {
    const parts = { dimensions: EXAMPLE_FOR_ONE, ownWords: {}, locale: 'de' } as const;
    expect(statementOf(parts)).toEqual({
      statement: renderStatement(parts),
      contentHash: contentHash(renderStatement(parts)),
    });
  });

  test('a template version this build does not have is refused loudly', () => {
    const parts = { dimensions: EXAMPLE_FOR_ONE, ownWords: {}, locale: 'en', templateVersion: 3 } as const;
    expect(() => renderStatement(parts)).toThrow('no statement template of version 3');
  });
});

describe('the locales', () => {
  const leaves = (value: unknown, path = ''): [string, string][] =>
    typeof value === 'string'
      ? [[path, value]]
      : Object.entries(value as object).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
  const gaps = (phrase: string) => [...phrase.matchAll(/\{\w+\}/g)].map(String).sort();

  test('every locale says everything, with the gaps that English has', () => {
    const inEnglish = new Map(leaves(LOCALES.en));
    for (const [code, locale] of Object.entries(LOCALES)) {
      const phrases = leaves(locale);
      expect(phrases.map(([path]) => path).sort(), code).toEqual([...inEnglish.keys()].sort());
      for (const [path, phrase] of phrases) {
        expect(phrase, `${code}${path}`).not.toBe('');
        expect(gaps(phrase), `${code}${path}`).toEqual(gaps(inEnglish.get(path)!));
      }
    }
  });
});
