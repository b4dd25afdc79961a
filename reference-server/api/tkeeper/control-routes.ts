import {
  authConfigPath,
  authConfigSchema,
  controlMePath,
  controlMeSchema,
  devHeader,
  jwtHeader,
} from '../../../contracts/server-api/tkeeper/control.ts';
import type { AuthConfig } from '../../../contracts/server-api/tkeeper/control.ts';
import type { KeeperSettings } from '../../config/keeper.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from './error-form.ts';
import { keeperCallerOf } from './guard.ts';

const tags = ['tkeeper: control plane'];

/** How one signs in to the keeper, and who one is. */
export function controlRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    authConfigPath,
    {
      config: { access: { keeper: 'anybody' } },
      schema: {
        summary: 'How to come to a token, and the header for it',
        tags,
        response: { 200: authConfigSchema, ...errorResponses },
      },
    },
    () => authConfigOf(context.config.keeper),
  );

  app.get(
    controlMePath,
    {
      config: { access: { keeper: 'authenticated' } },
      schema: {
        summary: 'Who a token is, and the rules that it has',
        tags,
        response: { 200: controlMeSchema, ...errorResponses },
      },
    },
    (request) => {
      const { subject, actor, permissions } = keeperCallerOf(request);
      return { subject, actor, permissions: [...permissions] };
    },
  );
}

function authConfigOf({ auth }: KeeperSettings): AuthConfig {
  if (auth?.type !== 'jwt') return { id: 'TOKEN', header: devHeader };
  const { audience, oidc } = auth;
  return oidc === null
    ? { id: 'TOKEN', header: jwtHeader }
    : { id: 'OIDC', header: jwtHeader, audience, ...oidc };
}
