import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** What signing in asks of the server: cookies, and counters that the guard uses once it knows who is asking. */
export async function configureSignIn(app: NestFastifyApplication): Promise<void> {
  await app.register(cookie);
  await app.register(rateLimit, { global: false });
}
