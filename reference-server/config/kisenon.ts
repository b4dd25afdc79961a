import { z } from 'zod';
import { issuerSchema } from './provider.ts';
import type { Provider } from './provider.ts';

/**
 * An e-mail address, or all of a domain: `*@acme.example`. Letter case does not count. ASCII alone, as the addresses that
 * are compared with it.
 */
const addressPatternSchema = z
  .string()
  .max(254)
  .regex(/^(?:\*|[!-)+-?A-~]+)@[!-)+-?A-~]+$/, 'Must be an e-mail address or *@domain')
  .transform((text) => text.toLowerCase());

const providerSchema = z.strictObject({
  id: z
    .string()
    .max(64)
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'Must be lower-case letters, digits and hyphens'),
  name: z.string().min(1).max(64),
  issuer: issuerSchema,
  client_id: z.string().min(1).max(512),
  client_secret: z.string().min(1).max(512),
});

/** What the config file says about sign-in from elsewhere, and about who may have an account. */
export const kisenonSchema = z.strictObject({
  providers: z
    .array(providerSchema)
    .max(20)
    .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'Must have different ids')
    .optional(),
  allowlist: z.array(addressPatternSchema).max(10_000).optional(),
  approval: z.enum(['none', 'required']).optional(),
  operators: z
    .array(
      z
        .email()
        .max(254)
        .transform((text) => text.toLowerCase()),
    )
    .max(1000)
    .optional(),
});

/** Sign-in from elsewhere, checked. */
export interface KisenonSettings {
  providers: readonly Provider[];
  /** Lower-case addresses and `*@domain` of who may sign in from elsewhere; null for everybody. */
  allowlist: readonly string[] | null;
  /** Whether new accounts wait for an operator. */
  approval: 'none' | 'required';
  /** Lower-case addresses of people who decide about accounts. */
  operators: readonly string[];
}

/** The settings with what holds where nothing is said. */
export function kisenonSettings(input: z.output<typeof kisenonSchema> = {}): KisenonSettings {
  return {
    providers: (input.providers ?? []).map(
      ({ client_id: clientId, client_secret: clientSecret, ...provider }) => ({
        ...provider,
        clientId,
        clientSecret,
        // Each has its own (RFC 9700, section 4.4.2).
        callback: `/login/oidc/${provider.id}/callback`,
        scope: 'openid email profile',
        claims: { email: 'email', name: 'name', username: null, groups: null },
        accounts: 'of-email',
      }),
    ),
    allowlist: input.allowlist ?? null,
    approval: input.approval ?? 'none',
    operators: input.operators ?? [],
  };
}
