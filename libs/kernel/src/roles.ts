/** What somebody who works in a practice can be. A person may be several of these at once. */
export const ROLES = ['owner', 'coordinator', 'therapist', 'supervisor', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/** Those who treat clients or answer for it. */
export const CLINICIANS = ['therapist', 'supervisor'] as const satisfies readonly Role[];
