import {
  ssoLoginPath,
  ssoProvidersPath,
  ssoProvidersSchema,
} from '../../../contracts/server-api/artifact-keeper/sso.ts';
import {
  setupStatusPath,
  setupStatusSchema,
  systemConfigPath,
  systemConfigSchema,
} from '../../../contracts/server-api/artifact-keeper/system.ts';
import { allProviders } from '../../config/provider.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { isSetupRequired } from '../../identity/administrators.ts';
import { errorResponses } from './error-form.ts';

const tags = ['artifact-keeper: sign-in'];
const config = { access: 'public' } as const;

/** What anybody may know of a server before they sign in: it is also what clients recognise it by. */
export function systemRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    systemConfigPath,
    {
      config,
      schema: {
        summary: 'How people sign in',
        tags,
        response: { 200: systemConfigSchema, ...errorResponses },
      },
    },
    () => {
      const { ldap, oidc } = context.config.artifactKeeper;
      return {
        auth: {
          local_login_enabled: true,
          ldap_enabled: ldap !== null,
          oidc_enabled: oidc !== null,
          sso_enabled: allProviders(context.config).length > 0,
          guest_access_enabled: true,
        },
      };
    },
  );

  app.get(
    ssoProvidersPath,
    {
      config,
      schema: {
        summary: 'The providers that people sign in by, and where a browser begins',
        tags,
        response: { 200: ssoProvidersSchema, ...errorResponses },
      },
    },
    () =>
      allProviders(context.config).map(({ id, name }) => {
        return { id, name, provider_type: 'oidc' as const, login_url: ssoLoginPath(id) };
      }),
  );

  app.get(
    setupStatusPath,
    {
      config,
      schema: {
        summary: 'Whether an administrator has yet to choose the first password',
        tags,
        response: { 200: setupStatusSchema, ...errorResponses },
      },
    },
    async () => ({ setup_required: await isSetupRequired(context.db) }),
  );
}
