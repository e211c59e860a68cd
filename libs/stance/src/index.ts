export {
  currentVersion,
  settingOf,
  settingOfUnit,
  stance,
  stanceIdOf,
  versionOf,
  type DraftStance,
  type Materiality,
  type PublishStance,
  type PublishedVersion,
  type RetireStance,
  type ReviseStance,
  type Setting,
  type StanceCommand,
  type StanceDrafted,
  type StanceEvent,
  type StancePublished,
  type StanceRetired,
  type StanceState,
} from './stance/stance.js';
export * from './stance/dimensions.js';
export { unpublishable } from './stance/publishable.js';
export { MOST_WORDS, OWN_WORDS_KEYS, malformed, malformedOwnWords } from './stance/shape.js';
export { TEMPLATE_VERSION, renderStatement, statementOf, type StatementParts } from './stance/statement.js';
export {
  changedDimensions,
  changedWords,
  describeChanges,
  sameContent,
  type Change,
  type StanceContent,
} from './stance/diff.js';
export { LOCALE_CODES, type LocaleCode } from './stance/locales/index.js';
export { EXAMPLE_FOR_ONE, EXAMPLE_FOR_SEVERAL } from './stance/example.js';
export { StanceModule } from './stance.module.js';
export { stanceDirectory } from './directory/directory.projection.js';
