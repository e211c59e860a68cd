/** How often somebody looked at one client, each by themself and not in a list, who was not in their care. */
export interface Looks {
  staffId: string;
  role: string;
  clientId: string;
  times: number;
  /** of those, by breaking the glass */
  underGlass: number;
}

export interface Unusual {
  staffId: string;
  role: string;
  /** how many clients who are not in their care they looked at, and how often in all */
  clients: number;
  times: number;
  reasons: { code: string; detail: string; clientId?: string }[];
}

/** Below these nobody stands out: a small practice would be all exceptions. */
const MANY_CLIENTS = 5;
const TIMES_THE_OTHERS = 3;
const OFTEN = 10;
const TIMES_THE_USUAL = 3;

/**
 * Who stands out, with the reasons in words. Three plain rules: every look by breaking the glass is shown; somebody who
 * looked at many more strangers than others in the same role; and somebody who looked at one stranger again and again.
 * What stands out is a question to ask, and proves nothing.
 * @param looks at clients not in the care of whoever looked
 */
export function unusual(looks: readonly Looks[]): Unusual[] {
  const people = [...grouped(looks, ({ staffId, role }) => `${staffId} ${role}`).values()];
  return people
    .map((own): Unusual => {
      const { staffId, role } = own[0]!;
      const others = people.filter(([first]) => first!.role === role && first!.staffId !== staffId);
      const times = sum(own.map((one) => one.times));
      return {
        staffId,
        role,
        clients: own.length,
        times,
        reasons: [...glass(own), ...strangers(own, others, role), ...again(own)],
      };
    })
    .filter(({ reasons }) => reasons.length > 0)
    .sort((a, b) => b.clients - a.clients || (a.staffId < b.staffId ? -1 : 1));
}

function glass(own: readonly Looks[]): Unusual['reasons'] {
  const times = sum(own.map((one) => one.underGlass));
  if (times === 0) return [];
  const clients = own.filter((one) => one.underGlass > 0).length;
  return [
    {
      code: 'broke_the_glass',
      detail: `Looked ${times} times at ${clients} clients by breaking the glass. See whether each grant was reviewed.`,
    },
  ];
}

function strangers(
  own: readonly Looks[],
  others: readonly (readonly Looks[])[],
  role: string,
): Unusual['reasons'] {
  const usual = median(others.map((theirs) => theirs.length));
  if (own.length < MANY_CLIENTS || own.length <= usual * TIMES_THE_OTHERS || others.length === 0) return [];
  return [
    {
      code: 'many_strangers',
      detail: `Looked at ${own.length} clients not in their care, one by one. Others who looked as ${role} came to ${usual}. Ask what for.`,
    },
  ];
}

function again(own: readonly Looks[]): Unusual['reasons'] {
  const usual = median(own.map(({ times }) => times));
  return own
    .filter(({ times }) => times >= OFTEN && (own.length === 1 || times > usual * TIMES_THE_USUAL))
    .map(({ clientId, times }) => ({
      code: 'one_stranger_often',
      detail: `Looked ${times} times at one client not in their care${own.length > 1 ? `, and at others ${usual} times` : ''}. Ask what for.`,
      clientId,
    }));
}

/** Node 20 has no Map.groupBy. */
export function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
