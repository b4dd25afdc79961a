import { timeFromNow } from '../samples.ts';
import {
  sampleApiToken,
  sampleAuditEntry,
  sampleOwnUser,
  sampleSignInWays,
  sampleUsersContext,
} from '../samples-users.ts';
import type { World } from '../world.ts';
import { groupsScenes } from './groups-scenes.ts';
import { remoteKeysScenes } from './remote-keys-scenes.ts';
import { rulesScenes } from './rules-scenes.ts';
import { usersScenes } from './users-scenes.ts';

const contexts = [sampleUsersContext()];
const longName = 'Nächtliche Zusammenstellung der Verkehrsinfrastrukturberichte';
const scopes = ['repository:read', 'repository:write', 'repository:delete', 'read:users'];

/** As many tokens as a user may have, and thousands of repositories. */
function manyTokens(): Partial<World> {
  return {
    contexts,
    apiTokens: Array.from({ length: 500 }, (_, index) =>
      sampleApiToken({
        id: `tok_${String(index)}`,
        name: index % 3 === 0 ? longName : `Build ${String(index)}`,
        scopes: scopes.slice(0, 1 + (index % scopes.length)),
        repositoryCount: index % 4 === 0 ? null : index,
        expiresAt: index % 5 === 0 ? null : timeFromNow(index * 86_400),
        expired: index === 1,
        lastUse:
          index % 3 === 0
            ? null
            : {
                at: timeFromNow(-index * 3600),
                address: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
                program: 'verkehrsinfrastruktur-berichtsgenerator/12.4.0',
              },
      }),
    ),
    tokenRepositories: Array.from({ length: 5000 }, (_, index) => ({
      id: `repo_${String(index)}`,
      name: `acme-industries-platform-engineering-eu/verkehrsinfrastruktur-dienst-${String(index)}`,
    })),
  };
}

/** Five thousand events with long names. */
function manyEvents(): Partial<World> {
  return {
    contexts,
    auditEntries: Array.from({ length: 5000 }, (_, index) =>
      sampleAuditEntry({
        id: String(5000 - index),
        at: timeFromNow(-index * 600),
        actor: index % 4 === 3 ? null : { id: 'u_1', name: `wilhelmina-hohenstein-${String(index % 7)}` },
        resource: {
          type: 'group',
          id: 'acme-industries-platform-engineering-eu/verkehrsinfrastrukturplanungsdatenverarbeitung',
        },
        address: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
        details: [{ name: 'users', value: 'u_aaaaaaaaaaaaaaaaaaaaaaaaaa '.repeat(40).trim() }],
      }),
    ),
  };
}

/** What the main process knows in the pictures of what stands under Service. */
export const serviceScenes = {
  ...usersScenes,
  ...groupsScenes,
  ...rulesScenes,
  ...remoteKeysScenes,
  apiTokensEmpty: () => ({ contexts, apiTokens: [] }),
  apiTokensMany: manyTokens,
  apiTokensFail: () => ({
    contexts,
    failures: {
      'apiTokens.list': { code: 'server_unreachable' },
      'apiTokens.create': { code: 'service_refused', details: { said: 'You have 500 API tokens.' } },
    },
  }),
  apiTokensDeedsFail: () => ({
    contexts,
    failures: {
      'apiTokens.create': { code: 'service_refused', details: { said: 'You have 500 API tokens.' } },
      'apiTokens.repositories': { code: 'server_unreachable' },
    },
  }),
  apiTokensUser: () => ({ contexts, ownUser: sampleOwnUser({ username: 'jonas', role: 'user' }) }),
  apiTokensForbidden: () => ({ contexts, failures: { 'apiTokens.list': { code: 'not_allowed' } } }),
  auditEmpty: () => ({ contexts, auditEntries: [] }),
  auditMany: manyEvents,
  auditBroken: () => ({ contexts, auditBrokenAt: 102 }),
  auditFails: () => ({
    contexts,
    failures: { 'audit.list': { code: 'server_unreachable' }, 'audit.verify': { code: 'not_allowed' } },
  }),
  directoryNone: () => ({
    contexts,
    signInWays: { passwords: true, directory: null, providers: [] },
  }),
  directoryProblem: () => ({
    contexts,
    signInWays: sampleSignInWays({
      lastSync: {
        ...{ startedAt: timeFromNow(-1205), endedAt: timeFromNow(-1200), counts: null },
        problem: 'The directory does not take the password of bind_dn.',
      },
    }),
    directoryTest: { works: false, message: 'The directory does not take the password of bind_dn.' },
  }),
  directoryRunning: () => ({
    contexts,
    signInWays: sampleSignInWays({ running: true }),
  }),
  directoryFails: () => ({ contexts, failures: { 'directory.status': { code: 'server_unreachable' } } }),
  auditForbidden: () => ({ contexts, failures: { 'audit.list': { code: 'not_allowed' } } }),
} satisfies Readonly<Record<string, () => Partial<World>>>;
