export { notYours, within } from './authorization.js';
export { IdentityModule } from './identity.module.js';
export { Tokens } from './token/tokens.js';
export { invite, linkOf } from './account/invite.js';
export { configureSignIn } from './http.js';
export type { OidcOptions, SignInOptions } from './options.js';
export { OWNERSHIP } from './ownership.js';
export type { Asking, Concern, Ownership } from './ownership.js';
