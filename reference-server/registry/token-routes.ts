import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { authenticateBasic, authenticateBearer } from '../auth/authenticate.ts';
import { decodeBasic } from '../http/basic-credentials.ts';
import type { Caller } from '../auth/caller.ts';
import type { ServerContext } from '../context.ts';
import { requireStanding } from '../auth/standing.ts';
import { askerOf, nobody, repositoriesAccess } from '../access/repository-access.ts';
import { admit, sourceOf } from '../access/route-access.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { DistributionError } from '../http/distribution-error.ts';
import { toDistributionError } from './error-reply.ts';
import { issueRegistryToken } from './registry-token.ts';
import {
  actionOf,
  asksForCatalog,
  catalogAccess,
  catalogScope,
  formatScope,
  maxScopes,
  parseScopes,
} from './scopes.ts';
import type { ScopeAccess } from './scopes.ts';

const config = { access: { registry: 'credentials' } } as const;

const oneOrMore = z.union([z.string(), z.array(z.string())]).optional();
const tokenQuery = z.object({
  service: z.string().optional(),
  scope: oneOrMore,
  account: z.string().optional(),
  client_id: z.string().optional(),
  offline_token: z.string().optional(),
});
const tokenForm = z.object({
  grant_type: z.string().optional(),
  service: z.string().optional(),
  client_id: z.string().optional(),
  access_type: z.string().optional(),
  scope: oneOrMore,
  username: z.string().optional(),
  password: z.string().optional(),
  refresh_token: z.string().optional(),
});
const tokenAnswer = z.object({
  token: z.string(),
  access_token: z.string(),
  expires_in: z.number().int().min(60),
  issued_at: z.iso.datetime(),
});
const oauthAnswer = tokenAnswer.extend({ token_type: z.literal('Bearer'), scope: z.string() });

/** A refusal of the OAuth form: the distribution form plus `error` and `error_description` (RFC 6749, section 5.2). */
class OAuthError extends DistributionError {
  readonly oauthCode: string;

  constructor(oauthCode: string, cause: DistributionError) {
    super(cause.status, cause.code, cause.message, { headers: cause.headers });
    this.oauthCode = oauthCode;
  }

  override toBody() {
    return { ...super.toBody(), error: this.oauthCode, error_description: this.message };
  }
}

/**
 * The token endpoint (distribution token specification; its OAuth2 form). It gives a short-lived token with those of the
 * requested scopes that the caller really has, to anonymous callers too.
 */
export function tokenRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    '/v2/token',
    {
      config,
      preHandler: async (request) => {
        admit(request, await headerCaller(context, request));
      },
      schema: {
        summary: 'Get a token for the registry',
        description:
          'Basic credentials: user name and password, or any user name with an API token or API key as password.',
        tags: ['registry'],
        querystring: tokenQuery,
        response: { 200: tokenAnswer },
      },
    },
    async (request, reply) => {
      const { answer } = await answerToken(context, request.caller, asList(request.query.scope));
      return reply.header('cache-control', 'no-store').send(answer);
    },
  );
  app.post(
    '/v2/token',
    {
      config,
      preHandler: async (request) => {
        admit(request, await formCaller(context, request, tokenForm.parse(request.body ?? {})));
      },
      schema: {
        summary: 'Get a token for the registry by the OAuth2 form',
        tags: ['registry'],
        consumes: ['application/x-www-form-urlencoded'],
        querystring: tokenQuery,
        body: tokenForm.nullish(),
        response: { 200: oauthAnswer },
      },
    },
    async (request, reply) => {
      const form = request.body ?? {};
      const asked = [...asList(request.query.scope), ...asList(form.scope)];
      const { answer, scope } = await answerToken(context, request.caller, asked);
      return reply
        .header('cache-control', 'no-store')
        .send({ ...answer, token_type: 'Bearer' as const, scope });
    },
  );
}

/** Who a request's `Authorization` header stands for; null when it has none. */
async function headerCaller(context: ServerContext, request: FastifyRequest): Promise<Caller | null> {
  const header = request.headers.authorization;
  if (header === undefined) return null;
  const [, scheme = '', credentials = ''] = /^(\S+) +(\S+)$/.exec(header) ?? [];
  switch (scheme.toLowerCase()) {
    case 'basic': {
      const decoded = decodeBasic(credentials);
      if (decoded === null) throw unauthorized('The Basic credentials are malformed.');
      const [username, password] = decoded;
      const signIn = authenticateBasic(context, username, password, sourceOf(request));
      return withBasicChallenge(approved(context, signIn), request);
    }
    case 'bearer':
      return withBasicChallenge(
        approved(context, authenticateBearer(context, credentials, sourceOf(request))),
        request,
      );
    default:
      throw unauthorized('Only Basic and Bearer credentials are taken here.');
  }
}

async function approved(context: ServerContext, signIn: Promise<Caller>): Promise<Caller> {
  const caller = await signIn;
  requireStanding(context, caller);
  return caller;
}

async function withBasicChallenge(signIn: Promise<Caller>, request: FastifyRequest): Promise<Caller> {
  try {
    return await signIn;
  } catch (error) {
    const refusal = toDistributionError(error, request);
    throw refusal.status === 401 ? unauthorized(refusal.message) : error;
  }
}

function unauthorized(message: string): DistributionError {
  return new DistributionError(401, 'UNAUTHORIZED', message, {
    headers: { 'www-authenticate': 'Basic realm="keyhold registry", charset="UTF-8"' },
  });
}

/** Who a posted form stands for. Every refusal is an OAuth error. */
async function formCaller(
  context: ServerContext,
  request: FastifyRequest,
  form: z.infer<typeof tokenForm>,
): Promise<Caller | null> {
  if (request.headers.authorization !== undefined) {
    return headerCaller(context, request).catch((error: unknown) => {
      throw new OAuthError('invalid_grant', toDistributionError(error, request));
    });
  }
  if (form.grant_type === 'refresh_token') {
    // 401, not the 400 of RFC 6749: BuildKit and containerd then go on with GET instead of giving up.
    const message =
      'Refresh tokens are not offered here: sign in with a user name and an API token as password.';
    throw new OAuthError('unsupported_grant_type', new DistributionError(401, 'UNAUTHORIZED', message));
  }
  if (form.grant_type !== 'password') {
    const code = form.grant_type === undefined ? 'invalid_request' : 'unsupported_grant_type';
    const message = 'The grant_type must be password.';
    throw new OAuthError(code, new DistributionError(400, 'UNSUPPORTED', message));
  }
  if (form.username === undefined || form.password === undefined) {
    const message = 'The grant_type password needs username and password.';
    throw new OAuthError('invalid_request', new DistributionError(400, 'UNSUPPORTED', message));
  }
  const signIn = authenticateBasic(context, form.username, form.password, sourceOf(request));
  return approved(context, signIn).catch((error: unknown) => {
    throw new OAuthError('invalid_grant', toDistributionError(error, request));
  });
}

async function answerToken(
  context: ServerContext,
  caller: Caller | null,
  scopes: readonly string[],
): Promise<{ answer: z.infer<typeof tokenAnswer>; scope: string }> {
  const access = await grantedScopes(context, caller, scopes);
  const { token, expiresIn, issuedAt } = await issueRegistryToken(context, caller, access);
  return {
    answer: { token, access_token: token, expires_in: expiresIn, issued_at: issuedAt.toISOString() },
    scope: access
      .map((entry) => (entry.type === 'registry' ? catalogScope : formatScope(entry.name, entry.actions)))
      .join(' '),
  };
}

/**
 * Those of the requested scopes that the caller has; a repository of which nothing is left is not named. Who signs in
 * by something that is for one organization, as API keys and server JWTs are, does not get the list of repositories, which
 * is of all; it shows everybody else their own.
 */
async function grantedScopes(
  context: ServerContext,
  caller: Caller | null,
  scopes: readonly string[],
): Promise<ScopeAccess[]> {
  const asked = parseScopes(scopes);
  if (asked.size > maxScopes) {
    throw new DistributionError(
      400,
      'UNSUPPORTED',
      `At most ${String(maxScopes)} repositories can be asked for at once.`,
    );
  }
  const asker = caller === null ? nobody : askerOf(caller);
  const granted: ScopeAccess[] = asksForCatalog(scopes) && asker.limits === null ? [catalogAccess] : [];
  for (const { name, actions } of await repositoriesAccess(context, asker, [...asked.keys()])) {
    const allowed = [...(asked.get(name) ?? [])].filter((action) => actions.has(actionOf[action]));
    if (allowed.length > 0) granted.push({ type: 'repository', name, actions: allowed });
  }
  return granted;
}

function asList(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : [value].flat();
}
