import pg from 'pg';

const CHANNEL = 'candor_appended';
const KEYS_GONE = 'candor_keys_gone';
const DEBOUNCE_MS = 20;

/** Tells every process that keys of a practice were destroyed, so that it holds none of them open any longer. */
export const tellKeysAreGone = async (
  pool: pg.Pool,
  practiceId: string,
  subjects: readonly string[],
): Promise<void> => {
  await pool.query('select pg_notify($1, practice) from unnest($2::text[]) as p(practice)', [
    KEYS_GONE,
    subjects.map((subject) => `${practiceId}/${subject}`),
  ]);
};

/**
 * Tells other processes that a practice's log has grown, so that their read models need not wait for the next poll. NOTIFY
 * goes out after the append, on a connection of its own and for many appends at once: inside the append it would take a
 * lock of the whole cluster at commit. What gets lost costs time and nothing else; polling is the truth.
 */
export class WakeUps {
  private client?: pg.Client;
  private connecting?: Promise<void>;
  private timer?: NodeJS.Timeout;
  private stopped = false;
  private readonly due = new Set<string>();

  constructor(
    private readonly pool: pg.Pool,
    private readonly onWakeUp: (practiceId: string) => void,
    private readonly onKeysGone: (practiceId: string, subject: string) => void = () => undefined,
  ) {}

  /** Connects, again if the connection was lost. Never throws: without it, polling goes on. */
  async listen(): Promise<void> {
    if (this.stopped || this.client) return;
    this.connecting ??= this.connect()
      .catch(() => undefined)
      .finally(() => (this.connecting = undefined));
    await this.connecting;
  }

  /** After an append of this process. */
  tell(practiceId: string): void {
    this.due.add(practiceId);
    this.timer ??= setTimeout(() => void this.flush(), DEBOUNCE_MS).unref();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.connecting;
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client(this.pool.options);
    const forget = () => {
      if (this.client === client) this.client = undefined;
    };
    client.on('error', forget);
    client.on('end', forget);
    client.on('notification', ({ channel, payload, processId }) => {
      if (channel === KEYS_GONE) {
        const [practiceId, subject] = (payload ?? '').split('/');
        return void (practiceId && subject && this.onKeysGone(practiceId, subject));
      }
      // What this process told is no news to it.
      if (payload && processId !== backendOf(client)) this.onWakeUp(payload);
    });
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}; listen ${KEYS_GONE}`);
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
    this.client = client;
  }

  private async flush(): Promise<void> {
    const practices = [...this.due];
    this.due.clear();
    this.timer = undefined;
    await this.client
      ?.query('select pg_notify($1, practice) from unnest($2::text[]) as p(practice)', [CHANNEL, practices])
      .catch(() => undefined);
  }
}

/** The number of the server process at the other end, which `pg` knows and its types do not. */
const backendOf = (client: pg.Client): number | undefined =>
  (client as pg.Client & { processID?: number }).processID;
