export * from './canonical-json.js';
export * from './decider.js';
export * from './domain-error.js';
export * from './ids.js';
export * from './policy.js';
export * from './roles.js';
export * from './time.js';
