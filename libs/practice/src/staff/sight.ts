import type { Role } from '#libs/kernel';

const CLINICAL: readonly Role[] = ['owner', 'therapist', 'supervisor'];

/** Front desk and auditors never see clinical text or somebody's own words. */
export const seesClinicalText = (roles: readonly string[]): boolean =>
  CLINICAL.some((role) => roles.includes(role));

/** Auditors judge what was done, not who the clients are: they get ids, no names, birth dates or contacts. */
export const seesIdentity = (roles: readonly string[]): boolean => roles.some((role) => role !== 'auditor');
