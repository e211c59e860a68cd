import type { NestFastifyApplication } from '@nestjs/platform-fastify';

type Server = ReturnType<ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance']>;

/** The methods that an address has, whatever was asked; none for an address that does not exist. */
export type MethodsOf = (path: string) => string[];

/** Notes every route from now on. Fastify finds a route by its pattern only, and a refused request has but a path. */
export function noteMethods(server: Server): MethodsOf {
  const routes: { path: RegExp; methods: string[] }[] = [];
  server.addHook(
    'onRoute',
    ({ url, method }) => void routes.push({ path: patternOf(url), methods: [method].flat() }),
  );
  return (path) =>
    [...new Set(routes.filter((route) => route.path.test(path)).flatMap(({ methods }) => methods))].sort();
}

/** `/v1/clients/:id/timeline` as an expression; `*` stands for anything. */
function patternOf(url: string): RegExp {
  const literal = url.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${literal.replaceAll(/:\w+/g, '[^/]+').replaceAll('*', '.*')}$`);
}
