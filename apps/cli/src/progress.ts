import cliProgress from 'cli-progress';

/** A bar on stderr for something that counts entries; begun at once. */
export function progressBar(name: string, entries: 'events' | 'reads' = 'events'): cliProgress.SingleBar {
  const bar = new cliProgress.SingleBar(
    {
      format: `${name} [{bar}] {percentage}% | {value} of {total} ${entries} | {eta_formatted} left`,
      stream: process.stderr,
      noTTYOutput: true,
      notTTYSchedule: 5000,
    },
    cliProgress.Presets.shades_classic,
  );
  bar.start(1, 0);
  return bar;
}
