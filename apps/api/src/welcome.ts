import { DEMO_TOUR } from '#libs/demo';
import type { Config } from './config.js';
import type { Credentials } from './first-start.js';

/** What `npm start` prints once it serves: the address, the tokens, and something worth trying. */
export function welcome({ host, port }: Config, { demo, tokens }: Credentials): string {
  const address = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const known = Object.entries(tokens)
    .map(([role, token]) => `  ${role.padEnd(12)} ${token}\n`)
    .join('');
  if (!demo)
    return `\nCandor serves on ${address}\n${known ? `\nThe owner's token, shown only this once:\n${known}` : ''}\n`;
  return `
Candor serves on ${address}

A token for each role of the demo practice (its people are invented):
${known}
Worth trying, in another terminal:
  . .candor/demo.env
  curl -s -H "Authorization: Bearer $COORDINATOR_TOKEN" "$CANDOR/v1/consent-statuses?status=stale"
  curl -s -H "Authorization: Bearer $THERAPIST_TOKEN" "$CANDOR/v1/clients/${DEMO_TOUR.clientId}/consent-status"
  curl -s -H "Authorization: Bearer $AUDITOR_TOKEN" "$CANDOR/v1/events?limit=5"

The tour is in README.md; every route is at ${address}/docs and in ${address}/openapi.json. Ctrl-C stops everything.
`;
}
