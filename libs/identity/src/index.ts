export { IdentityModule } from './identity.module.js';
export { Tokens } from './tokens.js';
