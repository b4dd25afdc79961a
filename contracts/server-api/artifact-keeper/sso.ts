import { z } from 'zod';
import { artifactKeeperPrefix } from './session.ts';

/** Page that leads a browser to the provider of the `oidc` settings; one of any provider. */
export const oidcLoginPath = `${artifactKeeperPrefix}/auth/oidc/login`;

export function ssoLoginPath(provider: string): string {
  return `${artifactKeeperPrefix}/auth/sso/oidc/${provider}/login`;
}

/** `GET /auth/sso/providers`, which anybody may read: the providers, and where a browser begins to sign in. */
export const ssoProvidersPath = `${artifactKeeperPrefix}/auth/sso/providers`;
export const ssoProvidersSchema = z.array(
  z.object({ id: z.string(), name: z.string(), provider_type: z.literal('oidc'), login_url: z.string() }),
);

/** Pages that the provider sends the browser back to: one or the other, as the provider was told. */
export const oidcCallbackPaths = [
  `${artifactKeeperPrefix}/auth/oidc/callback`,
  `${artifactKeeperPrefix}/auth/sso/oidc/callback`,
] as const;
