import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { WAY_OUT } from './binaries.js';

type Ids = { uid: number; gid: number };

/** A way to run PostgreSQL: put `prefix` before the command, spawn with `ids`, let `owner` own the data. */
export type Runner = { prefix: string[]; ids?: Ids; owner?: Ids };

/** No message in the log depends on the machine's language, no default on its time zone. */
export const environment = () => ({ ...process.env, LC_ALL: 'C', TZ: 'UTC' });

/**
 * The first way that works here. PostgreSQL refuses to run as root, so root runs it as somebody else.
 * On Linux the kernel interrupts it (a clean, fast shutdown) when the process that started it dies.
 */
export function chooseRunner(postgres: string): Runner {
  const refusals: string[] = [];
  for (const runner of candidates()) {
    const refusal = attempt([...runner.prefix, postgres, '--version'], runner.ids);
    if (refusal === undefined) return runner;
    refusals.push(`- ${refusal}`);
  }
  throw new Error(`PostgreSQL does not run here:\n${refusals.join('\n')}\n${WAY_OUT}`);
}

function candidates(): Runner[] {
  const dieWithParent = ['setpriv', '--pdeathsig', 'INT'];
  const prefix = attempt([...dieWithParent, 'true']) === undefined ? dieWithParent : [];
  if (process.getuid?.() !== 0) return [{ prefix }];

  const { uid, gid } = somebodyElse();
  return [
    // In a namespace of its own it takes itself for somebody else; outside, the files stay root's.
    {
      prefix: ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--', ...prefix],
      owner: { uid: 0, gid: 0 },
    },
    // Namespaces barred (containers): really somebody else, yet able to pass folders closed to others. PostgreSQL
    // asks access(2) about its own program, which takes the capability into account only with no_setuid_fixup.
    {
      prefix:
        `setpriv --reuid=${uid} --regid=${gid} --clear-groups --securebits=+no_setuid_fixup --pdeathsig INT
        --inh-caps=-all,+dac_override --ambient-caps=-all,+dac_override`.split(/\s+/),
      owner: { uid, gid },
    },
    { prefix, ids: { uid, gid }, owner: { uid, gid } },
  ];
}

/** An account that exists: initdb looks its name up. */
function somebodyElse(): Ids {
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody', 'daemon']) {
    const account = accounts.find((fields) => fields[0] === name);
    if (account) return { uid: Number(account[2]), gid: Number(account[3]) };
  }
  throw new Error(`PostgreSQL refuses to run as root, and there is no user postgres or nobody. ${WAY_OUT}`);
}

/** What went wrong, or undefined. */
function attempt([command = '', ...args]: string[], ids?: Ids): string | undefined {
  const run = spawnSync(command, args, { encoding: 'utf8', env: environment(), ...ids });
  return run.status === 0
    ? undefined
    : (run.error?.message ?? (run.stderr.trim() || `${command}: status ${run.status}`));
}
