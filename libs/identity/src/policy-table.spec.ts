import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ACTS, FRESH, inWords, ROLES } from '#libs/kernel';

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

it('the table in the README is the policy', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const table = [
    row(['act', ...ROLES]),
    row(['---', ...ROLES.map(() => '---')]),
    ...ACTS.map((act) =>
      row([`\`${act}\`${FRESH.has(act) ? ' ¹' : ''}`, ...ROLES.map((role) => inWords(act, role) || '–')]),
    ),
  ].join('\n');
  expect(readme, `put this table into libs/identity/README.md:\n${table}`).toContain(table);
});
