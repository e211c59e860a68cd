import { closePools, openPools } from '#libs/event-store';
import { localProvider, Vault } from '#libs/vault';
import { createApp } from '../../api/src/create-app.js';
import { openApiText } from '../../api/src/openapi.js';

/** The text of apps/api/openapi.json. Needs no database: nothing asks the pool for a connection. */
export async function printOpenApi(): Promise<string> {
  const pools = openPools('postgresql://nobody@127.0.0.1:1/none');
  const vault = new Vault({ db: pools.pool, providers: [localProvider(Buffer.alloc(32))] });
  const app = await createApp({ ...pools, vault, secret: Buffer.alloc(32), follow: false });
  try {
    return openApiText(app);
  } finally {
    await app.close();
    await closePools(pools);
  }
}
