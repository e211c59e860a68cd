/**
 * A process that does what the service does in the background about erasures, once, when it is told to by a line. It runs
 * what is built: `node erasing-process.mjs <url of dist/> <url of the database>`.
 */
import { once } from 'node:events';

const [, , dist, url] = process.argv;
const { NestFactory } = await import('@nestjs/core');
const { AppModule } = await import(`${dist}apps/api/src/app.module.js`);
const { openPool, openPools } = await import(`${dist}libs/event-store/src/index.js`);
const { Erasures } = await import(`${dist}libs/legal/src/index.js`);
const { localProvider, Vault } = await import(`${dist}libs/vault/src/index.js`);

const vault = new Vault({
  db: openPool(url, 2, 'candor_vault'),
  providers: [localProvider(Buffer.alloc(32, 'not secret'))],
});
const context = await NestFactory.createApplicationContext(
  AppModule.with({ ...openPools(url), vault, secret: Buffer.alloc(32), follow: false }),
  { logger: ['error', 'warn'] },
);
await once(process.stdin, 'data');
await context.get(Erasures).poll();
process.exit(0);
