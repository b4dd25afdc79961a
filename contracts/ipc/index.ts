import { accessCalls } from './access.ts';
import { accessFilesCalls } from './access-files.ts';
import { accessRequestsCalls } from './access-requests.ts';
import { accessReviewCalls } from './access-review.ts';
import { accessTemplatesCalls } from './access-templates.ts';
import { accountsCalls } from './accounts.ts';
import { apiKeysCalls } from './api-keys.ts';
import { grantsCalls } from './grants.ts';
import { invitationsCalls, membersCalls } from './members.ts';
import { groupsCalls } from './groups.ts';
import { orgsCalls } from './orgs.ts';
import { permissionsCalls } from './permissions.ts';
import { projectsCalls } from './projects.ts';
import { activityCalls } from './activity.ts';
import { apiTokensCalls } from './api-tokens.ts';
import { appCalls } from './app.ts';
import { botsCalls } from './bots.ts';
import { approvalsCalls, promptCalls } from './approvals.ts';
import { contextsCalls } from './contexts.ts';
import { auditCalls } from './audit.ts';
import { backupCalls } from './backup.ts';
import { browserSignInCalls } from './browser-sign-in.ts';
import { passwordSignInCalls } from './password-sign-in.ts';
import type { CallersOf, ContractNames, HandlersOf, SubscribersOf } from './define.ts';
import { directoryCalls } from './directory.ts';
import { doctorCalls } from './doctor.ts';
import { events } from './events.ts';
import { imagesCalls } from './images.ts';
import { keysCalls } from './keys.ts';
import { linksCalls } from './links.ts';
import { remoteKeysCalls } from './remote-keys.ts';
import { rulesCalls } from './rules.ts';
import { registriesCalls } from './registries.ts';
import { settingsCalls } from './settings.ts';
import { signOutCalls } from './sign-out.ts';
import { rescueCalls } from './rescue.ts';
import { signinCalls } from './signin.ts';
import { slotsCalls } from './slots.ts';
import { toldSecretsCalls } from './told-secrets.ts';
import { tokenSignInCalls } from './token-sign-in.ts';
import { tokensCalls } from './tokens.ts';
import { unrevokedCalls } from './unrevoked.ts';
import { usersCalls } from './users.ts';
import { vaultCalls } from './vault.ts';

/** Every call and event between window and main process, declared once; all else derives from this object. */
export const ipcContract = {
  calls: {
    app: appCalls,
    vault: vaultCalls,
    slots: slotsCalls,
    contexts: contextsCalls,
    keys: keysCalls,
    signin: signinCalls,
    browserSignIn: browserSignInCalls,
    passwordSignIn: passwordSignInCalls,
    tokenSignIn: tokenSignInCalls,
    signOut: signOutCalls,
    unrevoked: unrevokedCalls,
    tokens: tokensCalls,
    registries: registriesCalls,
    doctor: doctorCalls,
    bots: botsCalls,
    grants: grantsCalls,
    permissions: permissionsCalls,
    access: accessCalls,
    accessReview: accessReviewCalls,
    accessRequests: accessRequestsCalls,
    accessTemplates: accessTemplatesCalls,
    accessFiles: accessFilesCalls,
    images: imagesCalls,
    links: linksCalls,
    orgs: orgsCalls,
    members: membersCalls,
    invitations: invitationsCalls,
    apiKeys: apiKeysCalls,
    projects: projectsCalls,
    accounts: accountsCalls,
    users: usersCalls,
    groups: groupsCalls,
    apiTokens: apiTokensCalls,
    audit: auditCalls,
    directory: directoryCalls,
    remoteKeys: remoteKeysCalls,
    rules: rulesCalls,
    toldSecrets: toldSecretsCalls,
    activity: activityCalls,
    settings: settingsCalls,
    approvals: approvalsCalls,
    prompt: promptCalls,
    backup: backupCalls,
    rescue: rescueCalls,
  },
  events,
} as const;

export type IpcCalls = typeof ipcContract.calls;
export type IpcEvents = typeof ipcContract.events;

/** What main implements. A call without a handler does not compile. */
export type IpcHandlers = HandlersOf<IpcCalls>;

/** The one global of the window: `window.keyhold`. */
export type KeyholdApi = CallersOf<IpcCalls> & { readonly on: SubscribersOf<IpcEvents> };

/** The contract's names, for the preload bundle, which has no use for schemas. */
export function contractNames(): ContractNames {
  return {
    calls: Object.fromEntries(
      Object.entries(ipcContract.calls).map(([group, calls]) => [group, Object.keys(calls)]),
    ),
    events: Object.keys(ipcContract.events),
  };
}
