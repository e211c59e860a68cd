import { performance } from 'node:perf_hooks';

/** One line of the table. `ratio` compares with the reference measured in the same round. */
export interface Figure {
  what: string;
  value: number;
  unit: string;
  reference?: number;
  ratio?: number;
  /** the least ratio asked for */
  target?: number;
  p50?: number;
  p99?: number;
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
};

export interface Run {
  perSecond: number;
  /** of each piece of work, in milliseconds */
  latencies: number[];
}

/** `writers` repeat `work` for a time, each waiting for its own before the next. */
export async function load(
  writers: number,
  millis: number,
  work: (writer: number, turn: number) => Promise<unknown>,
): Promise<Run> {
  const latencies: number[] = [];
  const start = performance.now();
  const end = start + millis;
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let turn = 1; performance.now() < end; turn++) {
        const before = performance.now();
        await work(writer, turn);
        latencies.push(performance.now() - before);
      }
    }),
  );
  return { perSecond: latencies.length / ((performance.now() - start) / 1000), latencies };
}

/** Measures both in turn, several rounds; medians of the rates and of the ratios round by round. */
export async function compare(
  what: string,
  rounds: number,
  ours: () => Promise<Run>,
  theirs: () => Promise<Run>,
  target?: number,
): Promise<Figure> {
  const our: Run[] = [];
  const their: Run[] = [];
  for (let round = 0; round < rounds; round++) {
    our.push(await ours());
    their.push(await theirs());
  }
  const latencies = our.flatMap((run) => run.latencies);
  return {
    what,
    value: median(our.map((run) => run.perSecond)),
    unit: '/s',
    reference: median(their.map((run) => run.perSecond)),
    ratio: median(our.map((run, round) => run.perSecond / their[round]!.perSecond)),
    ...(target === undefined ? {} : { target }),
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  };
}

const number = (value: number | undefined, digits = 0): string =>
  value === undefined
    ? ''
    : value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });

/** A table in Markdown, as the README shows it. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, value, unit, reference, ratio, target, p50, p99 }) => [
    what,
    `${number(value, unit === 'ms' ? 1 : 0)} ${unit}`,
    reference === undefined ? '' : `${number(reference)} ${unit}`,
    ratio === undefined
      ? ''
      : `${number(ratio, 2)}${target === undefined ? '' : ` (at least ${target}: ${ratio >= target ? 'met' : 'MISSED'})`}`,
    p50 === undefined ? '' : `${number(p50, 1)} ms`,
    p99 === undefined ? '' : `${number(p99, 1)} ms`,
  ]);
  const all = [['what', 'Candor', 'reference', 'ratio', 'p50', 'p99'], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [
    line(all[0]!),
    `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`,
    ...rows.map(line),
  ].join('\n');
}
