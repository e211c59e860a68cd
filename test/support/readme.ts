import { join } from 'node:path';
import { ROOT } from './process.js';

export interface Step {
  shell: string;
  /** JSON documents, one after the other */
  expected?: string;
  /** of a command at a prompt: the lines that it shows */
  lines?: string[];
}

/** What a reader would type, in this order: `sh` blocks with the `json` that follows, and commands at a prompt. */
export function stepsOf(readme: string): Step[] {
  return [...readme.matchAll(/^```(sh|console)\n(.*?)^```\n(?:```json\n(.*?)^```\n)?/gms)].flatMap(
    ([, kind, text = '', expected]): Step[] =>
      kind === 'console'
        ? commandsOf(text)
        : [{ shell: text, ...(expected === undefined ? {} : { expected }) }],
  );
}

function commandsOf(block: string): Step[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const [shell = '', ...shown] = text.trimEnd().split('\n');
      return { shell, lines: shown };
    });
}

/** A line as it may look on another day: with other numbers, and anything for `…`. */
export const likeThis = (line: string): RegExp =>
  new RegExp(
    `^${line
      .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll(/\d+/g, '\\d+')
      .replaceAll('…', '.*')}$`,
  );

/** `npm` as a shell needs it for these commands: the built tool, on what a folder holds. */
export const npmIn = (home: string): string =>
  `npm() { while [ "$1" != -- ]; do shift; done; shift; CANDOR_HOME='${home}' '${process.execPath}' '${join(ROOT, 'dist/apps/cli/src/main.js')}' "$@"; }`;
