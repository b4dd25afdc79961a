import {
  accessOrganizationsPath,
  accessOrganizationsQuerySchema,
  accessOrganizationsSchema,
  explainPath,
  explainQuerySchema,
  explanationSchema,
} from '../../../contracts/server-api/access/primitives.ts';
import {
  accessGrantsPath,
  accessGrantsQuerySchema,
  accessGrantsSchema,
} from '../../../contracts/server-api/access/grants.ts';
import {
  credentialAccessPath,
  credentialAccessQuerySchema,
  credentialAccessSchema,
} from '../../../contracts/server-api/access/credentials.ts';
import { matrixPath, matrixQuerySchema, matrixSchema } from '../../../contracts/server-api/access/matrix.ts';
import { explainCredential, listCredentialAccess } from '../../access/credentials/credential-access.ts';
import { listAdministered } from '../../access/matrix/administered.ts';
import { andApiTokens } from '../../access/api-guard.ts';
import { listOrganizationGrants } from '../../access/grants/organization-grants.ts';
import { explainAccess } from '../../access/matrix/explain.ts';
import { loadMatrix } from '../../access/matrix/matrix.ts';
import { callerOf } from '../../access/route-access.ts';
import { ToldRows } from '../../access/matrix/told-rows.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from './error-responses.ts';

const tags = ['access'];
/** The operations ask for the right on what the query or body names. */
const config = { access: { caller: andApiTokens } } as const;

/** Who may do what on repositories and why, for those who administer them. */
export function accessRoutes(app: ZodApp, context: ServerContext): void {
  const told = new ToldRows();
  app.get(
    accessOrganizationsPath,
    {
      config,
      schema: {
        summary: 'The organizations in which the caller may change who can use a repository',
        tags,
        querystring: accessOrganizationsQuerySchema,
        response: { 200: accessOrganizationsSchema, ...errorResponses },
      },
    },
    async (request) => listAdministered(context, callerOf(request), request.query),
  );

  app.get(
    explainPath,
    {
      config,
      schema: {
        summary: 'What somebody, or an API key or API token, may do on a repository, and why',
        tags,
        querystring: explainQuerySchema,
        response: { 200: explanationSchema, ...errorResponses },
      },
    },
    async (request) => {
      const { principal, credential, repository } = request.query;
      const caller = callerOf(request);
      if (credential !== undefined) return explainCredential(context, caller, { credential, repository });
      if (principal !== undefined) return explainAccess(context, caller, { principal, repository });
      throw new Error('The query names one of them.');
    },
  );

  app.get(
    credentialAccessPath,
    {
      config,
      schema: {
        summary:
          'What an API key or API token can do on repositories, for its holder and whoever may revoke it',
        description:
          'By name, those on which its holder may do anything; for others, of these, the ones that they administer.',
        tags,
        querystring: credentialAccessQuerySchema,
        response: { 200: credentialAccessSchema, ...errorResponses },
      },
    },
    async (request) => listCredentialAccess(context, callerOf(request), request.query),
  );

  app.get(
    matrixPath,
    {
      config,
      schema: {
        summary:
          'A page of who may do what: groups, people and bots by the repositories that the caller administers',
        tags,
        querystring: matrixQuerySchema,
        response: { 200: matrixSchema, ...errorResponses },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      return told.tell(caller.principal.id, request.query, await loadMatrix(context, caller, request.query));
    },
  );

  app.get(
    accessGrantsPath,
    {
      config,
      schema: {
        summary: 'The grants on the repositories of an organization that the caller administers',
        tags,
        querystring: accessGrantsQuerySchema,
        response: { 200: accessGrantsSchema, ...errorResponses },
      },
    },
    async (request) => listOrganizationGrants(context, callerOf(request), request.query),
  );
}
