import { openPool } from '#libs/event-store';
import { createApp } from '../../api/src/create-app.js';
import { openApiText } from '../../api/src/openapi.js';

/** The text of apps/api/openapi.json. Needs no database: nothing asks the pool for a connection. */
export async function printOpenApi(): Promise<string> {
  const pool = openPool('postgresql://nobody@127.0.0.1:1/none');
  const app = await createApp({ pool, secret: Buffer.alloc(32), follow: false });
  try {
    return openApiText(app);
  } finally {
    await app.close();
    await pool.end();
  }
}
