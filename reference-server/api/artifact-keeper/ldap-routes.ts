import {
  ldapStatusPath,
  ldapStatusSchema,
  ldapSyncPath,
  ldapTestPath,
  ldapTestResultSchema,
} from '../../../contracts/server-api/artifact-keeper/ldap.ts';
import type { LdapStatus } from '../../../contracts/server-api/artifact-keeper/ldap.ts';
import { actorOf } from '../../access/route-access.ts';
import { people } from '../../access/api-guard.ts';
import { DirectoryProblem } from '../../auth/ldap/problems.ts';
import type { DirectorySyncs } from '../../auth/ldap/syncs.ts';
import type { ServerContext } from '../../context.ts';
import { ApiError } from '../../http/api-error.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from './error-form.ts';

const config = { access: { caller: people, may: { server: 'administer' } } } as const;
const tags = ['artifact-keeper: directory'];

const noDirectory: LdapStatus = {
  ...{ configured: false, host: null, base_dn: null, groups: false, sync_interval: null, running: false },
  ...{ last_sync: null, last_success_at: null, next_sync_at: null },
};

/** The directory that people sign in with: its syncs and its test; for administrators. */
export function ldapRoutes(app: ZodApp, context: ServerContext, syncs: DirectorySyncs | null): void {
  app.get(
    ldapStatusPath,
    {
      config,
      schema: {
        summary: 'The directory that people sign in with, and how its last sync went',
        tags,
        response: { 200: ldapStatusSchema, ...errorResponses },
      },
    },
    () => syncs?.status() ?? noDirectory,
  );

  app.post(
    ldapSyncPath,
    {
      config,
      schema: {
        summary: 'Begin a sync of the directory; its status says how it goes',
        tags,
        response: { 202: ldapStatusSchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      if (syncs === null) throw notConfigured();
      if (!syncs.begin()) {
        throw new ApiError('conflict', 'A sync of the directory goes on already. See its status.');
      }
      await context.write(actorOf(request), (_tx, audit) => {
        audit({ action: 'directory.sync_begun', outcome: 'success' });
      });
      return reply.code(202).send(await syncs.status());
    },
  );

  app.post(
    ldapTestPath,
    {
      config,
      schema: {
        summary: 'Sign in to the directory and look for people, and for the place of groups',
        tags,
        response: { 200: ldapTestResultSchema, ...errorResponses },
      },
    },
    async () => {
      if (context.directory === null) throw notConfigured();
      try {
        await context.directory.probe();
        return { success: true, message: 'The directory answers, and shows people who can sign in.' };
      } catch (error) {
        if (!(error instanceof DirectoryProblem)) throw error;
        return { success: false, message: `The directory ${error.message}.` };
      }
    },
  );
}

function notConfigured(): ApiError {
  return new ApiError(
    'conflict',
    'This server knows no directory: set artifact-keeper.ldap.url (LDAP_URL) and base_dn (LDAP_BASE_DN).',
  );
}
