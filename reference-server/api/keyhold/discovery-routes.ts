import { discoveryPath, discoverySchema } from '../../../contracts/server-api/discovery.ts';
import { authorizePath } from '../../../contracts/server-api/kisenon/loopback.ts';
import { maxApiTokenTtl } from '../../../contracts/server-api/tokens.ts';
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
    () => ({
      origin: context.origin(),
      name: context.config.name,
      methods: [
        'key',
        'password',
        'browser',
        ...(context.config.kisenon.providers.length > 0 ? ['oidc'] : []),
      ],
      dialects: ['keyhold', 'kisenon'],
      dashboard_url: `${context.origin()}/dashboard/keys`,
      authorize_url: `${context.origin()}${authorizePath}`,
      registry: true,
      signing_algs: ['Ed25519', 'EdDSA'],
      max_token_ttl: maxApiTokenTtl,
      key_rotation: true,
    }),
  );
}
