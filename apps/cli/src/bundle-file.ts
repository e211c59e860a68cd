import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FILES, NoBundle } from '#libs/ledger';

/** The file with the events: of a folder the one in it, `-` is stdin. @throws Error when there is none */
export async function eventsFile(bundle: string): Promise<string> {
  if (bundle === '-') return '/dev/stdin';
  const found = await stat(bundle).catch(() => undefined);
  const file = found?.isDirectory() ? join(bundle, FILES.events.entries) : bundle;
  if (!(await stat(file).catch(() => undefined))) throw new Error(`There is no bundle at ${bundle}.`);
  return file;
}

/** The file with the log of who has read what; undefined when the bundle has none, or is the file of the events alone. */
export async function readsFile(bundle: string): Promise<string | undefined> {
  const file = join(bundle, FILES.access.entries);
  return (await stat(file).catch(() => undefined)) ? file : undefined;
}

/** Each line and the byte behind it; a last one without its end is `whole: false`. Constant memory. */
export async function* linesOfFile(
  file: string,
): AsyncGenerator<{ text: string; end: number; whole: boolean }> {
  let rest = Buffer.alloc(0);
  let end = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 })) {
    let bytes = Buffer.concat([rest, chunk as Buffer]);
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10)) {
      end += at + 1;
      yield { text: bytes.toString('utf8', 0, at), end, whole: true };
      bytes = bytes.subarray(at + 1);
    }
    rest = bytes;
  }
  if (rest.length > 0) yield { text: rest.toString(), end: end + rest.length, whole: false };
}

/** The whole lines alone. */
export async function* textsOfFile(file: string): AsyncGenerator<string> {
  for await (const { text, whole } of linesOfFile(file)) if (whole) yield text;
}

/** A verifier key, or what a file with one holds. */
export const keyIn = async (key: string): Promise<string> =>
  key.includes('+') ? key : (await textIn(key)).trim();

/** What a file holds. @throws Error when there is none */
export const textIn = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new Error(`There is no file ${file}.`) : error;
  });

/** Says which file it is that cannot be judged. @param kept the files of the older checkpoints */
export async function naming<T>(file: string, judging: Promise<T>, kept: readonly string[] = []): Promise<T> {
  try {
    return await judging;
  } catch (error) {
    if (!(error instanceof NoBundle)) throw error;
    throw new Error(`${error.older === undefined ? file : kept[error.older]}: ${error.message}`, {
      cause: error,
    });
  }
}
