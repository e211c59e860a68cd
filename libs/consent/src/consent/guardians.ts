import type { LocalDate, Reason } from '#libs/kernel';

/** What a guardian may decide for a client, without who they are. Days are local days of the practice, both included. */
export interface AuthorityOnRecord {
  guardianId: string;
  /** purposes of consent it covers */
  scope: readonly string[] | 'all';
  /** `sole`: this one alone, `either`: any one of them, `both`: only together */
  jointRule: 'sole' | 'either' | 'both';
  /** ordered by a court, also for an adult */
  legalRepresentative: boolean;
  validFrom: LocalDate;
  validTo?: LocalDate;
  /** the first day without it */
  endedOn?: LocalDate;
}

/** Those that are in force on a day and cover a purpose; for an adult only legal representatives decide. */
export const authoritiesFor = (
  all: readonly AuthorityOnRecord[],
  { day, purpose, minor }: { day: LocalDate; purpose: string; minor: boolean },
): AuthorityOnRecord[] =>
  all.filter(
    ({ scope, validFrom, validTo, endedOn, legalRepresentative }) =>
      validFrom <= day &&
      (validTo === undefined || day <= validTo) &&
      (endedOn === undefined || day < endedOn) &&
      (scope === 'all' || scope.includes(purpose)) &&
      (minor || legalRepresentative),
  );

/**
 * What the permission of some guardians lacks by the authorities in force: everyone under `both` must have signed, one of
 * those who decide alone where there is one, else any one of them.
 * @param signers ids of guardians
 */
export function permissionGaps(inForce: readonly AuthorityOnRecord[], signers: readonly string[]): Reason[] {
  const signed = ({ guardianId }: AuthorityOnRecord) => signers.includes(guardianId);
  const together = inForce.filter(({ jointRule }) => jointRule === 'both');
  const alone = inForce.filter(({ jointRule }) => jointRule === 'sole');
  const gaps = signers
    .filter((signer) => !inForce.some(({ guardianId }) => guardianId === signer))
    .map((signer) => ({
      code: 'authority_not_in_force',
      detail: `Guardian ${signer} has no authority on record that covers this on that day. Record it, or ask who decides.`,
    }));
  const unsigned = together.filter((authority) => !signed(authority));
  for (const { guardianId } of unsigned)
    gaps.push({
      code: 'second_guardian_missing',
      detail: `Guardian ${guardianId} decides only together with the other. Add their signature under cosigned.`,
    });
  if (together.length === 1)
    gaps.push({
      code: 'second_guardian_not_on_record',
      detail: 'Two guardians decide together, and one is on record. Record the authority of the other.',
    });
  if (alone.length > 0 && !alone.some(signed))
    gaps.push({
      code: 'sole_guardian_missing',
      detail: `Guardian ${alone[0]!.guardianId} decides alone. Ask for their permission.`,
    });
  return gaps;
}
