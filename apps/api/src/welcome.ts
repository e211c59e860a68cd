import { join, relative } from 'node:path';
import { DEMO_TOUR } from '#libs/demo';
import type { Config } from './config.js';
import type { Credentials } from './first-start.js';

/** What `npm start` prints once it serves: the address, the tokens, and something worth trying. */
export function welcome({ host, port, home }: Config, { demo, tokens }: Credentials): string {
  const address = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const known = Object.entries(tokens)
    .map(([role, token]) => `  ${role.padEnd(12)} ${token}\n`)
    .join('');
  if (!demo)
    return `
Candor serves on ${address}
${known ? `\nThe owner's token, shown only this once:\n${known}` : ''}
Next: register who works here (POST /v1/staff), invite them (npm run candor -- invite --staff <id>).
Every route is at ${address}/docs. Ctrl-C stops everything.
`;
  return `
Candor serves on ${address}

A token for each role of the demo practice (its people are invented):
${known}
Worth trying, in another terminal:
  . ${shown(join(home, 'demo.env'))}
  curl -s -H "Authorization: Bearer $COORDINATOR_TOKEN" "$CANDOR/v1/consent-statuses?status=stale"
  curl -s -H "Authorization: Bearer $THERAPIST_TOKEN" "$CANDOR/v1/clients/${DEMO_TOUR.clientId}/consent-status"
  curl -s -H "Authorization: Bearer $AUDITOR_TOKEN" "$CANDOR/v1/events?limit=5"

The tour is in README.md; every route is at ${address}/docs and in ${address}/openapi.json. Ctrl-C stops everything.
`;
}

/** As it is written from here, if it is below. */
function shown(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') ? file : path;
}
