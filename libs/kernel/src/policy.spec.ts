import { describe, expect, it } from 'vitest';
import { ACTS, reachOf, rolesFor, whoMay, type Act } from './policy.js';
import { ROLES, type Role } from './roles.js';

const acts = (of: string): Act[] => ACTS.filter((act) => act.startsWith(`${of}:`));
const withAll = (role: Role): Act[] => ACTS.filter((act) => reachOf(act, [role]).has('all'));
/** Their own sessions and tokens; being the second of two who erase somebody. */
const OF_AUDITORS: ReadonlySet<Act> = new Set<Act>([
  'account:keep',
  'account:issue_token',
  'erasure:execute',
]);
const reads = (act: Act): boolean => /:(read|see|read_receipt|judge)$/.test(act);

describe('The policy', () => {
  it('shows coordinators neither clinical text nor crossings nor notes', () => {
    for (const act of [
      'clinical_text:see',
      'observation:see',
      ...acts('crossing'),
      ...acts('note'),
      ...acts('psychotherapy_note'),
    ] as Act[])
      expect(rolesFor(act), act).not.toContain('coordinator');
  });

  it('shows owners where the practice stands, and no clinical text', () => {
    for (const act of ['clinical_text:see', ...acts('psychotherapy_note')] as Act[])
      expect(rolesFor(act), act).not.toContain('owner');
    for (const act of acts('note').filter((one) => one !== 'note:read'))
      expect(rolesFor(act), act).not.toContain('owner');
  });

  it.each(['therapist', 'supervisor'] as const)(
    'lets no %s near a client who is not in their care',
    (role) => {
      expect(withAll(role)).toEqual([
        'practice:read',
        'staff:read',
        'account:keep',
        'account:issue_token',
        'room:read',
        'stance:read',
        'document:read',
        'rule_pack:read',
        // a client may tell anybody that they withdraw
        'consent:withdraw',
        // and a second clinician answers for it when that was a mistake
        'consent:mark_in_error',
        'session:withdraw_consent',
        'break_glass:open',
        ...(role === 'supervisor'
          ? [
              'break_glass:review',
              'break_glass:read',
              // of two who end somebody's records, neither may have treated them
              'legal_hold:read',
              'erasure:read',
              'erasure:decide',
              'erasure:execute',
            ]
          : []),
      ]);
    },
  );

  it('keeps psychotherapy notes for their author alone', () => {
    for (const act of ['psychotherapy_note:read', 'psychotherapy_note:release'] as const)
      for (const role of ROLES)
        expect([...reachOf(act, [role])], `${act} ${role}`).toEqual(
          role === 'therapist' || role === 'supervisor' ? ['author'] : [],
        );
  });

  it('lets auditors look at everything and change nothing; what was said they see by break-glass only', () => {
    for (const act of ACTS.filter((one) => rolesFor(one).includes('auditor')))
      expect(reads(act) || act.startsWith('break_glass:') || OF_AUDITORS.has(act), act).toBe(true);
    expect([...reachOf('clinical_text:see', ['auditor'])]).toEqual(['break_glass']);
    expect(rolesFor('identity:see')).not.toContain('auditor');
  });

  it('lets nobody change anything by break-glass', () => {
    for (const act of ACTS.filter((one) => !reads(one)))
      expect(reachOf(act, ROLES).has('break_glass'), act).toBe(false);
  });

  it('lets only owners say who works here and in which roles', () => {
    expect(rolesFor('staff:administer')).toEqual(['owner']);
  });

  it('adds up for somebody with several roles, and gives nothing to a role it does not know', () => {
    expect([...reachOf('client:read', ['therapist', 'supervisor'])]).toEqual([
      'own',
      'break_glass',
      'supervisees',
    ]);
    for (const act of ACTS) expect(reachOf(act, ['operator', 'therapists']).size, act).toBe(0);
  });

  it('is said in words', () => {
    expect(whoMay('note:sign')).toBe('therapist (by themselves), supervisor (by themselves)');
    expect(whoMay('client:read')).toBe(
      'owner, coordinator, therapist (their own, break-glass), supervisor (their supervisees’, break-glass), auditor',
    );
  });
});
