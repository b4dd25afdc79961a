import { basename, join } from 'node:path';
import type { OrganizationList } from '../../contracts/domain/organization-list.ts';
import { joinLink } from '../../contracts/domain/app-link.ts';
import { fetchHttpClient } from '../../main/adapters/http-client.ts';
import { fetchStreams } from '../../main/adapters/http-streams.ts';
import { fileLogger } from '../../main/adapters/logger.ts';
import { diskSmallFiles } from '../../main/adapters/small-files.ts';
import { DiskTextFiles } from '../../main/adapters/text-files.ts';
import { systemRandom } from '../../main/adapters/random.ts';
import { AccessLists } from '../../main/core/access/access-lists.ts';
import { AccessService } from '../../main/core/access/access-service.ts';
import { BatchService } from '../../main/core/access/batch-service.ts';
import { CredentialAccess } from '../../main/core/access/credential-access.ts';
import { GrantFileService } from '../../main/core/access/grant-files/grant-file-service.ts';
import { RequestService } from '../../main/core/access/request-service.ts';
import { TemplateService } from '../../main/core/access/template-service.ts';
import { ReviewService } from '../../main/core/access/review-service.ts';
import { AccountService } from '../../main/core/accounts/account-service.ts';
import { ApiKeyService } from '../../main/core/api-keys/api-key-service.ts';
import { SecretClipboard } from '../../main/core/clipboard/secret-clipboard.ts';
import { AppLinks } from '../../main/core/links/app-links.ts';
import { OrgEvents } from '../../main/core/org-events/org-events.ts';
import { InvitationService } from '../../main/core/orgs/invitation-service.ts';
import { MemberService } from '../../main/core/orgs/member-service.ts';
import { OrgService } from '../../main/core/orgs/org-service.ts';
import { HttpUnreachable } from '../../main/core/ports/http.ts';
import type { Clock } from '../../main/core/ports.ts';
import type { HttpClient, StreamClient } from '../../main/core/ports/http.ts';
import { ProjectService } from '../../main/core/projects/project-service.ts';
import { ToldSecrets } from '../../main/core/secrets/told-secrets.ts';
import { ServiceCalls } from '../../main/core/service/service-calls.ts';
import { jwtSession } from '../unit/main/credentials/credential-parts.ts';
import { artifactKeeperSpeech } from '../../main/core/service/speech.ts';
import { ApiTokenService } from '../../main/core/api-tokens/api-token-service.ts';
import { AuditService } from '../../main/core/audit/audit-service.ts';
import { DirectoryService } from '../../main/core/directory/directory-service.ts';
import { GroupService } from '../../main/core/groups/group-service.ts';
import { PermissionService } from '../../main/core/grants/permission-service.ts';
import { bearer, type Authorizer } from '../../main/core/service/authorization.ts';
import { UserService } from '../../main/core/users/user-service.ts';
import type { SignInParts } from '../unit/main/signin/sign-in-parts.ts';
import type { LocalServer } from './local-server.ts';
import { jwtOf, type Person } from './organization.ts';
import { call } from './server-client.ts';
import { beginRenewedSession } from '../../reference-server/auth/renewed-sessions/renew.ts';
import { getUser } from '../../reference-server/identity/users.ts';
import { sessionJwtSchema } from '../../contracts/server-api/index.ts';

/**
 * The app's services of organizations, around a vault of a test's own.
 *
 * @param keeperAs - Who asks for users, groups and access of all organizations, where that is not the context itself.
 */
export function appOrganization(
  parts: SignInParts,
  clock: Clock,
  http: HttpClient = fetchHttpClient(fetch),
  keeperAs: Authorizer = parts.contexts,
) {
  let clipboard = '';
  const common = {
    ...parts,
    clock,
    random: systemRandom,
    service: new ServiceCalls({ http, clock, contexts: parts.contexts }),
    links: new AppLinks({ clock, random: systemRandom, logger: fileLogger(parts.folder, 'silent') }),
    clipboard: new SecretClipboard({
      clipboard: {
        write: (text) => {
          clipboard = text;
          return Promise.resolve();
        },
        read: () => Promise.resolve(clipboard),
        clear: () => {
          clipboard = '';
        },
      },
      clock,
      vault: parts.vault,
      logger: fileLogger(parts.folder, 'silent'),
      seconds: () => 60,
    }),
  };
  const told = new ToldSecrets(common);
  const logger = fileLogger(parts.folder, 'silent');
  let chosen: string | null = null;
  const dialogs = {
    save: ({ fileName }: { fileName: string }) => Promise.resolve(join(parts.folder, fileName)),
    open: () => Promise.resolve(chosen === null ? null : { path: chosen, name: basename(chosen) }),
  };
  const files = new DiskTextFiles(logger);
  const ofAll = { ...common, service: new ServiceCalls({ http, clock, contexts: keeperAs }) };
  const artifactKeeper = new ServiceCalls({ http, clock, contexts: keeperAs }, artifactKeeperSpeech);
  return {
    access: new AccessService(ofAll),
    accessLists: new AccessLists(ofAll),
    batches: new BatchService(ofAll),
    credentialAccess: new CredentialAccess(ofAll),
    accessTemplates: new TemplateService(ofAll),
    accessReview: new ReviewService(ofAll),
    accessRequests: new RequestService(ofAll),
    orgs: new OrgService(common),
    members: new MemberService(common),
    invitations: new InvitationService(common),
    apiKeys: new ApiKeyService(common),
    projects: new ProjectService(common),
    accounts: new AccountService(common),
    users: new UserService({ ...common, service: artifactKeeper, told }),
    groups: new GroupService({ ...common, service: artifactKeeper }),
    permissions: new PermissionService({ ...common, service: artifactKeeper }),
    directory: new DirectoryService({ ...common, service: artifactKeeper }),
    apiTokens: new ApiTokenService({ ...common, service: artifactKeeper, told }),
    audit: new AuditService({ ...common, artifactKeeper, dialogs, files }),
    grantFiles: new GrantFileService({ ...ofAll, dialogs, files, smallFiles: diskSmallFiles }),
    /** Has the user choose this file wherever one is opened. */
    choose: (path: string): void => {
      chosen = path;
    },
    told,
    /** What is on the clipboard. */
    copied: () => clipboard,
    /** Opens the link of an invitation, as the browser's button does. @returns The id of this opening. */
    openLink: (origin: string, token: string): string => {
      common.links.open(joinLink({ origin, token }));
      const link = common.links.current;
      return link?.kind === 'join' ? link.id : '';
    },
  };
}

/** A context that a person's session signs in. */
export async function addSession(
  parts: SignInParts,
  server: LocalServer,
  person: Person,
  org: string,
  name = `${person.username} in ${org}`,
): Promise<string> {
  const { body } = await call(server, '/v1/auth/refresh', {
    method: 'POST',
    token: await jwtOf(server, person, org),
  });
  const { token, expires_in: expiresIn, session_expires_in: sessionExpiresIn } = sessionJwtSchema.parse(body);
  const by = jwtSession(token, expiresIn, sessionExpiresIn);
  const chosen = { address: server.host, name, setUpPodman: false, setUpDocker: false };
  const signedIn = { userId: person.id, org, by };
  return (await parts.contexts.additions.addSignedIn({ ...chosen, signedIn })).id;
}

/** Signs a context's user in by an access token, as after a sign-in with a password. */
export function byAccessToken({ context, origin }: LocalServer, parts: SignInParts): Authorizer {
  return {
    authorize: async (contextId) => {
      const user = await getUser(context.db, parts.contexts.get(contextId).userId);
      const { access_token: token } = await beginRenewedSession(context, user, {
        method: 'password',
        ip: '127.0.0.1',
      });
      const authorization = {
        credentialId: contextId,
        headers: bearer(token),
        notAccepted: 'session_expired' as const,
        note: () => undefined,
        renew: null,
      };
      return { origin, authorization };
    },
  };
}

/** What was told of lists that changed. */
export interface Told {
  contextId: string;
  lists: readonly OrganizationList[];
}

/** A stream client whose streams a test can see and cut. */
export class WatchedStreams implements StreamClient {
  readonly #streams = fetchStreams(fetch);
  readonly #cuts = new Set<AbortController>();
  /** The fields of each request so far. */
  readonly asked: Readonly<Record<string, string>>[] = [];
  /** The status of each answer so far. */
  readonly answered: number[] = [];
  /** All that was read so far. */
  text = '';
  /** Whether nobody answers. */
  down = false;

  async open(request: Parameters<StreamClient['open']>[0]): ReturnType<StreamClient['open']> {
    this.asked.push(request.headers ?? {});
    if (this.down) throw new HttpUnreachable('nobody answers');
    const cut = new AbortController();
    this.#cuts.add(cut);
    const signal = AbortSignal.any([request.signal, cut.signal]);
    const stream = await this.#streams.open({ ...request, signal });
    this.answered.push(stream.status);
    return { ...stream, pieces: this.#counted(stream.pieces, cut) };
  }

  /** How many events were read so far. */
  get events(): number {
    return this.text.split('data: ').length - 1;
  }

  /** How many streams are open. */
  get count(): number {
    return this.#cuts.size;
  }

  /** Breaks all streams off. */
  cut(): void {
    for (const cut of this.#cuts) cut.abort();
  }

  async *#counted(pieces: AsyncIterable<string>, cut: AbortController): AsyncIterable<string> {
    try {
      for await (const piece of pieces) {
        this.text += piece;
        yield piece;
      }
    } finally {
      this.#cuts.delete(cut);
    }
  }
}

/** Follows events as the app does, and notes what the window is told. */
export function followAsApp(parts: SignInParts, clock: Clock): { streams: WatchedStreams; told: Told[] } {
  const streams = new WatchedStreams();
  const told: Told[] = [];
  new OrgEvents({
    ...parts,
    clock,
    random: systemRandom,
    logger: fileLogger(parts.folder, 'silent'),
    streams,
    tell: (contextId, lists) => told.push({ contextId, lists }),
  });
  return { streams, told };
}
