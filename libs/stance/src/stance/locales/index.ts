import { de } from './de.js';
import { en } from './en.js';
import type { Locale } from './locale.js';

export type LocaleCode = 'en' | 'de';
export type { Locale } from './locale.js';

/** One more language is one more file of phrases and one more line here. */
export const LOCALES: Readonly<Record<LocaleCode, Locale>> = { en, de };
export const LOCALE_CODES = ['en', 'de'] as const satisfies readonly LocaleCode[];
