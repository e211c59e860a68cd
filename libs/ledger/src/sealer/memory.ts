import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCheckpoint, type Checkpoint } from '../checkpoint/checkpoint.js';
import { verifierOf } from '../checkpoint/note.js';
import { parseOrigin, type LogName } from '../checkpoint/origin.js';

/** The largest checkpoint that is known to have been signed of a log, whatever the database says. */
export type Remembered = Checkpoint & LogName;

/**
 * What was signed, kept outside of the database: one file for each log and generation, the signed note itself. A database
 * that was put back to an older state cannot put these back, least of all those in a witness's folder on another machine.
 */
export class Memory {
  private readonly newest = new Map<string, Remembered>();

  /**
   * @param home where this sealer keeps them; without it nothing is remembered there
   * @param witness a folder that others read and keep, and that may know more than `home`
   * @param verifierKeyOf the key that the notes of a log must be signed with
   */
  constructor(
    private readonly folders: { home?: string; witness?: string },
    private readonly verifierKeyOf: (origin: string) => string,
    private readonly report: (message: string) => void,
  ) {}

  /** Reads everything again. */
  async load(): Promise<void> {
    for (const { note, where } of await keptIn(Object.values(this.folders), this.report))
      this.take(note, where);
  }

  /** Of the newest generation there is. */
  of(name: Omit<LogName, 'generation'>): Remembered | undefined {
    return this.newest.get(keyOf(name));
  }

  all(): Remembered[] {
    return [...this.newest.values()];
  }

  /** Before anybody else hears of it. A witness that cannot be reached is reported and does not keep us from signing. */
  async keep(origin: string, note: string): Promise<void> {
    if (this.folders.home) await write(this.folders.home, origin, note);
    if (this.folders.witness)
      await write(this.folders.witness, origin, note).catch((error: unknown) =>
        this.report(`the witness was not told of ${origin}: ${String(error)}`),
      );
    this.take(note, origin);
  }

  private take(note: string, where: string): void {
    const origin = note.slice(0, note.indexOf('\n'));
    const name = parseOrigin(origin);
    const text = name && verifierOf(this.verifierKeyOf(origin)).open(note);
    const checkpoint = text === undefined ? undefined : parseCheckpoint(text);
    if (!name || !checkpoint)
      return this.report(`${where} is no checkpoint that this key signed; it is passed over`);
    const known = this.of(name);
    const isNewer =
      !known ||
      known.generation < name.generation ||
      (known.generation === name.generation && known.size < checkpoint.size);
    if (isNewer) this.newest.set(keyOf(name), { ...name, ...checkpoint });
  }
}

/** A signed note, and the file that keeps it. */
export interface Kept {
  note: string;
  where: string;
}

/** Everything that is kept in some folders; nothing in one that is not there. */
export async function keptIn(folders: readonly string[], report: (message: string) => void): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const folder of folders) {
    const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') report(`${folder} cannot be read: ${error.message}`);
      return [];
    });
    for (const name of names.filter((file) => !file.startsWith('.')))
      kept.push({ note: await readFile(join(folder, name), 'utf8'), where: join(folder, name) });
  }
  return kept;
}

const keyOf = ({ kind, practiceId }: Omit<LogName, 'generation'>): string => `${kind}/${practiceId}`;

/** Whole or not at all, and on the disk when it returns. */
async function write(folder: string, origin: string, note: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = encodeURIComponent(origin);
  const beside = join(folder, `.${name}-${process.pid}`);
  const file = await open(beside, 'w', 0o600);
  await file.writeFile(note);
  await file.sync();
  await file.close();
  await rename(beside, join(folder, name));
}
