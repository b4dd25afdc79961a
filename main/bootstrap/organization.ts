import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import { diskSmallFiles } from '../adapters/small-files.ts';
import { AccessLists } from '../core/access/access-lists.ts';
import { AccessService } from '../core/access/access-service.ts';
import { BatchService } from '../core/access/batch-service.ts';
import { CredentialAccess } from '../core/access/credential-access.ts';
import { GrantFileService } from '../core/access/grant-files/grant-file-service.ts';
import { RequestService } from '../core/access/request-service.ts';
import { TemplateService } from '../core/access/template-service.ts';
import { ReviewService } from '../core/access/review-service.ts';
import { GrantService } from '../core/grants/grant-service.ts';
import { AccountService } from '../core/accounts/account-service.ts';
import { ApiKeyService } from '../core/api-keys/api-key-service.ts';
import type { ActivityLog } from '../core/activity/activity-log.ts';
import { BotService } from '../core/bots/bot-service.ts';
import type { SecretClipboard } from '../core/clipboard/secret-clipboard.ts';
import type { ContextService } from '../core/contexts/context-service.ts';
import type { Credentials } from '../core/credentials/credentials.ts';
import { ImageService } from '../core/images/image-service.ts';
import { InvitationService } from '../core/orgs/invitation-service.ts';
import { MemberService } from '../core/orgs/member-service.ts';
import { OrgService } from '../core/orgs/org-service.ts';
import { PermissionService } from '../core/grants/permission-service.ts';
import { ProjectService } from '../core/projects/project-service.ts';
import type { AppLinks } from '../core/links/app-links.ts';
import type { Clipboard, Clock, FileDialogs, Random, TextFiles } from '../core/ports.ts';
import type { HttpClient } from '../core/ports/http.ts';
import { ToldSecrets } from '../core/secrets/told-secrets.ts';
import { ServiceCalls } from '../core/service/service-calls.ts';
import { artifactKeeperSpeech } from '../core/service/speech.ts';
import { ApiTokenService } from '../core/api-tokens/api-token-service.ts';
import { AuditService } from '../core/audit/audit-service.ts';
import { DirectoryService } from '../core/directory/directory-service.ts';
import { GroupService } from '../core/groups/group-service.ts';
import { UserService } from '../core/users/user-service.ts';
import type { Vault } from '../core/vault/vault.ts';
import { accessFilesHandlers } from '../ipc/access-files.ts';
import { accessRequestsHandlers } from '../ipc/access-requests.ts';
import { accessReviewHandlers } from '../ipc/access-review.ts';
import { accessTemplatesHandlers } from '../ipc/access-templates.ts';
import { accessHandlers } from '../ipc/access.ts';
import { accountsHandlers } from '../ipc/accounts.ts';
import { apiKeysHandlers } from '../ipc/api-keys.ts';
import { orgsHandlers } from '../ipc/orgs.ts';
import { projectsHandlers } from '../ipc/projects.ts';
import { grantsHandlers } from '../ipc/grants.ts';
import { apiTokensHandlers } from '../ipc/api-tokens.ts';
import { auditHandlers } from '../ipc/audit.ts';
import { directoryHandlers } from '../ipc/directory.ts';
import { botsHandlers } from '../ipc/bots.ts';
import { groupsHandlers } from '../ipc/groups.ts';
import { imagesHandlers } from '../ipc/images.ts';
import { permissionsHandlers } from '../ipc/permissions.ts';
import { toldSecretsHandlers } from '../ipc/told-secrets.ts';
import { usersHandlers } from '../ipc/users.ts';

interface Deps {
  vault: Vault;
  contexts: ContextService;
  credentials: Credentials;
  activity: ActivityLog;
  clipboard: SecretClipboard;
  links: AppLinks;
  /** For what is no secret. */
  plainClipboard: Clipboard;
  dialogs: FileDialogs;
  files: TextFiles;
  http: HttpClient;
  clock: Clock;
  random: Random;
}

/** Builds what is done to an organization at its service, and what the window may ask of it. */
export function buildOrganization(
  deps: Deps,
): Pick<
  IpcHandlers,
  | 'bots'
  | 'grants'
  | 'permissions'
  | 'access'
  | 'accessReview'
  | 'accessRequests'
  | 'accessTemplates'
  | 'accessFiles'
  | 'images'
  | 'orgs'
  | 'members'
  | 'invitations'
  | 'apiKeys'
  | 'projects'
  | 'accounts'
  | 'users'
  | 'groups'
  | 'apiTokens'
  | 'audit'
  | 'directory'
  | 'toldSecrets'
> {
  const service = new ServiceCalls(deps);
  const artifactKeeper = new ServiceCalls(deps, artifactKeeperSpeech);
  deps.vault.onChange(() => {
    if (deps.vault.isUnlocked) return;
    for (const { seen } of [service, artifactKeeper]) seen.clear();
  });
  const bots = new BotService({ ...deps, service });
  const grants = new GrantService({ ...deps, service });
  const images = new ImageService(deps);
  const common = { ...deps, service };
  const atArtifactKeeper = { ...deps, service: artifactKeeper };
  const told = new ToldSecrets(deps);
  return {
    ...orgsHandlers({
      orgs: new OrgService(common),
      members: new MemberService(common),
      invitations: new InvitationService(common),
    }),
    apiKeys: apiKeysHandlers({ apiKeys: new ApiKeyService(common) }),
    projects: projectsHandlers({ projects: new ProjectService(common) }),
    accounts: accountsHandlers({ accounts: new AccountService(common) }),
    users: usersHandlers({ users: new UserService({ ...atArtifactKeeper, told }) }),
    toldSecrets: toldSecretsHandlers({ told }),
    groups: groupsHandlers({ groups: new GroupService(atArtifactKeeper) }),
    apiTokens: apiTokensHandlers({ apiTokens: new ApiTokenService({ ...atArtifactKeeper, told }) }),
    directory: directoryHandlers({ directory: new DirectoryService(atArtifactKeeper) }),
    audit: auditHandlers({ audit: new AuditService({ ...deps, service, artifactKeeper }) }),
    bots: botsHandlers({ bots }),
    grants: grantsHandlers({ grants }),
    permissions: permissionsHandlers({ permissions: new PermissionService(atArtifactKeeper) }),
    accessTemplates: accessTemplatesHandlers({ templates: new TemplateService(common) }),
    accessFiles: accessFilesHandlers({
      grantFiles: new GrantFileService({ ...common, smallFiles: diskSmallFiles }),
    }),
    accessReview: accessReviewHandlers({ review: new ReviewService(common) }),
    accessRequests: accessRequestsHandlers({ requests: new RequestService(common) }),
    access: accessHandlers({
      access: new AccessService(common),
      lists: new AccessLists(common),
      batches: new BatchService(common),
      credentials: new CredentialAccess(common),
    }),
    images: imagesHandlers({ contexts: deps.contexts, images, clipboard: deps.plainClipboard }),
  };
}
