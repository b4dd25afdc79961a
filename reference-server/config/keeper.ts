import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';
import { z } from 'zod';
import { isLoopbackHost } from '../../contracts/domain/origin.ts';

/** How programs and people sign in to the keeper, checked. */
export interface KeeperSettings {
  /** Null: by nothing at all, so that only those without a token get in, where they may. */
  auth: DevAuth | JwtAuth | null;
  /** Whether who sends no token may do everything. */
  allowAnonymous: boolean;
}

/** One token that everybody shares, with the rules that it has. */
export interface DevAuth {
  type: 'dev';
  token: string;
  permissions: readonly string[];
}

/** JWTs of somebody else, who publishes the keys that they are signed with. */
export interface JwtAuth {
  type: 'jwt';
  /** Where the key set is: an address, or the absolute path of a file. */
  jwks: { url: string } | { file: string };
  /** What a token's `aud` has among its entries. */
  audience: string;
  /** What a token's `iss` has to be; null where it is not looked at. */
  issuer: string | null;
  /** How often the key set is read anew. */
  refreshSeconds: number;
  /** How far the issuer's clock may differ from ours. */
  skewSeconds: number;
  /** How the keeper's pages come to a token; null where people paste one. */
  oidc: KeeperOidc | null;
}

/** A provider that gives tokens to the keeper's pages, and to apps. */
export interface KeeperOidc {
  clientId: string;
  /** The address of its description (OpenID Connect Discovery 1.0). */
  discoveryUrl: string;
  /** Where it sends browsers back to, as it was told. */
  callbackUrl: string;
}

/** The page of the keeper that a provider leads back to, wherever the server is. */
export const oidcCallbackPath = '/ui/oidc/callback';

const units = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** A time such as `15m`; in seconds. */
function durationSchema(least: number, most: number) {
  return z
    .string()
    .regex(/^\d{1,9}(?:ms|s|m|h|d)$/, 'Must be a time such as 15m or 30s')
    .transform((text) => {
      const [, count = '', unit = ''] = /^(\d+)([a-z]+)$/.exec(text) ?? [];
      return Number(count) * units[unit as keyof typeof units];
    })
    .refine((seconds) => seconds >= least && seconds <= most, {
      message: `Must be from ${String(least)}s to ${String(most)}s`,
    });
}

/** Whether nobody on the network can change what an address answers: https, or http of this computer. */
function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname));
}

const safeUrlSchema = z
  .string()
  .max(2000)
  .refine(isSafe, 'Must be an https address, or http on this computer, without a user name in it');

/** Begins what is an address and no path; `C:` is a drive. */
const scheme = /^[a-z][a-z0-9+.-]+:/i;

const jwksLocationSchema = z
  .string()
  .min(1)
  .max(2000)
  .transform((text, context) => {
    if (!scheme.test(text)) return { file: resolve(text) };
    const file = fileOf(text);
    if (file !== null) return { file };
    if (isSafe(text)) return { url: text };
    context.addIssue(
      'Must be an https address, http on this computer, a file, or file:///… without a host, a query or a fragment',
    );
    return z.NEVER;
  });

/** The path that a `file:` URI names; null where it is none, or names another computer. */
function fileOf(text: string): string | null {
  if (!/^file:\/(?!\/[^/])/i.test(text) || /[?#]/.test(text) || !URL.canParse(text)) return null;
  try {
    return fileURLToPath(text);
  } catch {
    return null;
  }
}

/** Longest list of rules, such as a dev file has. */
const mostRules = 10_000;

const devSchema = z.strictObject({
  enabled: z.boolean().optional(),
  token: z
    .string()
    .regex(/^[!-~]{16,4096}$/, 'Must be 16 visible characters or more, none of them a space')
    .optional(),
  permissions: z.array(z.string().max(2000)).max(mostRules).optional(),
  'off-loopback': z.boolean().optional(),
});

const audienceSchema = z.string().min(1, 'Must not be empty').max(1000);

/** What the config file says under `keeper`, by the names that TKeeper's documents have. */
export const keeperSchema = z.strictObject({
  auth: z
    .strictObject({
      type: z.enum(['jwt', 'dev']).optional(),
      allowAnonymous: z.boolean().optional(),
      jwt: z
        .strictObject({
          'jwks-location': jwksLocationSchema.optional(),
          audience: audienceSchema.optional(),
          issuer: audienceSchema.optional(),
          refresh: durationSchema(1, 7 * units.d).optional(),
          'clock-skew': durationSchema(0, 5 * units.m).optional(),
          oidc: z
            .strictObject({
              'client-id': z.string().min(1, 'Must not be empty').max(512),
              'discovery-url': safeUrlSchema,
              'callback-url': safeUrlSchema.refine(
                (text) => URL.canParse(text) && text === `${new URL(text).origin}${oidcCallbackPath}`,
                `Must be the origin of this server and ${oidcCallbackPath}`,
              ),
            })
            .optional(),
        })
        .optional(),
    })
    .optional(),
  dev: devSchema.optional(),
});
export type KeeperInput = z.output<typeof keeperSchema>;

/** What the file of `--keeper-dev-config` says, in the nesting that TKeeper's documents have. */
export const devFileSchema = z.strictObject({ keeper: z.strictObject({ dev: devSchema }) });

/** The same of a file that says what `keeper.dev` has without that nesting. */
export function nestedDevFile(content: unknown): unknown {
  return typeof content === 'object' && content !== null && 'keeper' in content
    ? content
    : { keeper: { dev: content } };
}

/** What the file, the environment and the dev file say together. */
export function joinedKeeper(
  { auth, dev }: KeeperInput = {},
  environment: KeeperInput = {},
  devFile: KeeperInput = {},
): KeeperInput {
  return { auth: { ...auth, ...environment.auth }, dev: { ...dev, ...devFile.dev } };
}

/**
 * The settings with what holds where nothing is said.
 *
 * @param isForThisComputer - Whether nobody else reaches the server.
 * @returns The settings, or a sentence that says what is lacking or refused.
 */
export function keeperSettings(input: KeeperInput = {}, isForThisComputer = true): KeeperSettings | string {
  const { auth: { type = 'dev', allowAnonymous = false } = {}, dev = {} } = input;
  const isOpen = isForThisComputer || dev['off-loopback'] === true;
  if (allowAnonymous && !isOpen) return refusedOffLoopback('keeper.auth.allowAnonymous');
  if (type === 'jwt') {
    const auth = jwtAuth(input);
    return typeof auth === 'string' ? auth : { auth, allowAnonymous };
  }
  if (dev.enabled !== true) return { auth: null, allowAnonymous };
  if (!isOpen) return refusedOffLoopback('keeper.dev.enabled');
  const { token, permissions } = dev;
  if (token === undefined) return lacking('keeper.dev.token', 'Dev mode');
  if (permissions === undefined) return lacking('keeper.dev.permissions', 'Dev mode');
  return { auth: { type: 'dev', token, permissions }, allowAnonymous };
}

function jwtAuth({ auth }: KeeperInput): JwtAuth | string {
  const { 'jwks-location': jwks, audience, issuer, refresh, 'clock-skew': skew, oidc } = auth?.jwt ?? {};
  if (jwks === undefined) return lacking('keeper.auth.jwt.jwks-location', 'Sign-in by JWT');
  if (audience === undefined) return lacking('keeper.auth.jwt.audience', 'Sign-in by JWT');
  return {
    type: 'jwt',
    ...{ jwks, audience, issuer: issuer ?? null },
    refreshSeconds: refresh ?? 15 * units.m,
    skewSeconds: skew ?? 15,
    oidc:
      oidc === undefined
        ? null
        : {
            clientId: oidc['client-id'],
            discoveryUrl: oidc['discovery-url'],
            callbackUrl: oidc['callback-url'],
          },
  };
}

/** Why a provider would lead people to somewhere else than this server; null where it does not, or nobody knows. */
export function callbackProblem({ auth }: KeeperSettings, origin: string | null): string | null {
  const callback = auth?.type === 'jwt' ? auth.oidc?.callbackUrl : undefined;
  if (callback === undefined || origin === null || new URL(callback).origin === origin) return null;
  return (
    `keeper.auth.jwt.oidc.callback-url leads to ${new URL(callback).origin}, but people know this server by ${origin}: ` +
    `set it to ${origin}${oidcCallbackPath}, or give the origin that they use with --origin.`
  );
}

function lacking(key: string, what: string): string {
  return `${what} of the keeper needs ${key}: set it in the config file.`;
}

function refusedOffLoopback(key: string): string {
  return (
    `Refusing ${key} on a server that others reach: whoever can connect could use its keys. ` +
    'Set keeper.dev.off-loopback: true where nobody but you can.'
  );
}
