import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { configureHttp, SERVER_OPTIONS } from '#libs/http';
import { configureSignIn } from '#libs/identity';
import { AppModule, type AppOptions } from './app.module.js';
import { openApiDocument, serveDocs } from './openapi.js';

/** The whole service, not listening yet. */
export async function createApp(options: AppOptions): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with(options),
    new FastifyAdapter({ ...SERVER_OPTIONS, trustProxy: options.trustedProxies ?? false }),
    { logger: ['error', 'warn'], abortOnError: false, bodyParser: false },
  );
  configureHttp(app);
  await configureSignIn(app);
  app
    .getHttpAdapter()
    .getInstance()
    .get('/openapi.json', (_request, reply) => reply.send(openApiDocument(app)));
  serveDocs(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}
