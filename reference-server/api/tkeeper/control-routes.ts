import { controlMePath } from '../../../contracts/domain/pasted-token.ts';
import {
  authConfigPath,
  authConfigSchema,
  controlMeSchema,
  devHeader,
  jwtHeader,
} from '../../../contracts/server-api/tkeeper/control.ts';
import {
  auditSinksPath,
  auditSinksSchema,
  capabilitiesPath,
  capabilitiesSchema,
  systemInfoPath,
  systemInfoSchema,
} from '../../../contracts/server-api/tkeeper/control-plane.ts';
import { keyAlgorithms } from '../../../contracts/server-api/tkeeper/keys.ts';
import type { KeeperCallers } from '../../auth/keeper/callers.ts';
import type { AuthConfig } from '../../../contracts/server-api/tkeeper/control.ts';
import type { KeeperSettings } from '../../config/keeper.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { auditSinks, systemInfo } from '../../keeper/control-plane.ts';
import { askedOf } from './asked.ts';
import { errorResponses } from './error-form.ts';
import { keeperCallerOf } from './guard.ts';

const tags = ['tkeeper: control plane'];

/** How one signs in to the keeper, and who one is. */
export function controlRoutes(app: ZodApp, context: ServerContext, callers: KeeperCallers): void {
  overviewRoutes(app, context, callers);

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

/** What the keeper can do, and how it is. */
function overviewRoutes(app: ZodApp, context: ServerContext, callers: KeeperCallers): void {
  const config = { access: { keeper: 'authenticated' } } as const;
  app.get(
    capabilitiesPath,
    {
      config,
      schema: {
        summary: 'The kinds of keys that there can be',
        tags,
        response: { 200: capabilitiesSchema, ...errorResponses },
      },
    },
    () => ({ algorithms: [...keyAlgorithms] }),
  );

  app.get(
    systemInfoPath,
    {
      config,
      schema: {
        summary: 'The keeper and its peers, and what is to be known of it',
        tags,
        response: { 200: systemInfoSchema, ...errorResponses },
      },
    },
    (request) => systemInfo(context, callers, askedOf(request, 'control.system')),
  );

  app.get(
    auditSinksPath,
    {
      config,
      schema: {
        summary: 'Where the audit log goes, and whether it can',
        tags,
        response: { 200: auditSinksSchema, ...errorResponses },
      },
    },
    (request) => auditSinks(context, askedOf(request, 'control.sinks')),
  );
}

function authConfigOf({ auth }: KeeperSettings): AuthConfig {
  if (auth?.type !== 'jwt') return { id: 'TOKEN', header: devHeader };
  const { audience, oidc } = auth;
  return oidc === null
    ? { id: 'TOKEN', header: jwtHeader }
    : { id: 'OIDC', header: jwtHeader, audience, ...oidc };
}
