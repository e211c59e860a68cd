/** What somebody who works in a practice can be. A person may be several of these at once. */
export const ROLES = ['owner', 'coordinator', 'therapist', 'supervisor', 'auditor'] as const;
export type Role = (typeof ROLES)[number];
