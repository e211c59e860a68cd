export {
  currentVersion,
  settingOfUnit,
  stance,
  stanceIdOf,
  type Setting,
  type StanceEvent,
} from './stance/stance.js';
export * from './stance/dimensions.js';
export { TEMPLATE_VERSION, statementOf } from './stance/statement.js';
export type { LocaleCode } from './stance/locales/index.js';
export { EXAMPLE_FOR_ONE, EXAMPLE_FOR_SEVERAL } from './stance/example.js';
export { StanceModule } from './stance.module.js';
export { stanceDirectory } from './directory/directory.projection.js';
