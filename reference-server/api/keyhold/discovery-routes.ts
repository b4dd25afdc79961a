import { discoveryPath, discoverySchema } from '../../../contracts/server-api/discovery.ts';
import type { Discovery } from '../../../contracts/server-api/discovery.ts';
import { authorizePath } from '../../../contracts/server-api/kisenon/loopback.ts';
import { maxApiTokenTtl } from '../../../contracts/server-api/tokens.ts';
import { browserAccessAt } from '../../access/browser-access.ts';
import { allProviders } from '../../config/provider.ts';
import type { ServerConfig } from '../../config/config.ts';
import type { ServerDialect } from '../../config/dialects.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';

/** `GET /.well-known/keyhold`. */
export function discoveryRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    discoveryPath,
    {
      config: { access: 'public' },
      schema: {
        summary: 'What this server is and how to sign in',
        tags: ['discovery'],
        response: { 200: discoverySchema },
      },
    },
    () => describeServer(context),
  );
}

/** Those that somebody can sign in to; of a server that has no other, also a keeper that nobody can. */
function dialectsOf({ dialects, keeper }: ServerConfig): readonly ServerDialect[] {
  const isClosed = keeper.auth === null && !keeper.allowAnonymous;
  const open = isClosed ? dialects.filter((dialect) => dialect !== 'tkeeper') : dialects;
  return open.length > 0 ? open : dialects;
}

function describeServer(context: ServerContext): Discovery {
  const { config } = context;
  const origin = context.origin();
  const keyhold = config.dialects.includes('keyhold');
  const asksInBrowser = browserAccessAt(config.dialects).length > 0;
  return {
    origin,
    name: config.name,
    methods: [
      ...(keyhold ? ['key'] : []),
      'password',
      ...(asksInBrowser ? ['browser'] : []),
      ...(allProviders(config).length > 0 ? ['oidc'] : []),
    ],
    dialects: [...dialectsOf(config), ...(keyhold ? ['access'] : [])],
    dashboard_url: `${origin}/dashboard/keys`,
    ...(asksInBrowser ? { authorize_url: `${origin}${authorizePath}` } : {}),
    registry: true,
    signing_algs: ['Ed25519', 'EdDSA'],
    max_token_ttl: maxApiTokenTtl,
    key_rotation: keyhold,
  };
}
