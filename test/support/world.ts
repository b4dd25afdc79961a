import type { z } from 'zod';
import type { ApprovalQuestion, ApprovalRule } from '../../contracts/domain/approval.ts';
import { settingsHandlers } from './world-settings.ts';
import { approvalsHandlers } from './world-approvals.ts';
import type { ContextSummary } from '../../contracts/domain/context.ts';
import type { Inspection } from '../../contracts/domain/inspection.ts';
import type { KeySummary } from '../../contracts/domain/key.ts';
import { defaultSettings } from '../../contracts/domain/settings.ts';
import type { KeyChoice } from '../../contracts/ipc/keys.ts';
import type { LockForecast } from '../../contracts/domain/lock.ts';
import type { Rotation } from '../../contracts/domain/rotation.ts';
import { KeyholdError, type Failure } from '../../contracts/errors.ts';
import type { ActivityEntry } from '../../contracts/ipc/activity.ts';
import type { RestorePreview } from '../../contracts/ipc/backup.ts';
import type { ContextStatus, DiscoveredService } from '../../contracts/ipc/contexts.ts';
import type { Finding } from '../../contracts/ipc/doctor.ts';
import type { ipcContract, IpcHandlers } from '../../contracts/ipc/index.ts';
import type { BrowserSignInState } from '../../contracts/ipc/browser-sign-in.ts';
import type { UnrevokedSummary } from '../../contracts/ipc/unrevoked.ts';
import type { OpenedLink } from '../../contracts/ipc/links.ts';
import type { Registry, SetUpPreview } from '../../contracts/ipc/registries.ts';
import type { VaultCopy } from '../../contracts/ipc/rescue.ts';
import type { SettingsView } from '../../contracts/ipc/settings.ts';
import type { Revocation, SetUpLeft } from '../../contracts/ipc/sign-out.ts';
import type { RegistrationCard, WaitState } from '../../contracts/ipc/signin.ts';
import type { PassphraseStrength } from '../../contracts/domain/strength.ts';
import type { SlotSummary } from '../../contracts/ipc/slots.ts';
import type { LiveTokens, MintedToken } from '../../contracts/ipc/tokens.ts';
import type { VaultState } from '../../contracts/ipc/vault.ts';
import {
  helperPath,
  notSetUp,
  sampleActivity,
  sampleCard,
  sampleContext,
  sampleInspection,
  sampleKey,
  samplePreview,
  sampleRegistry,
  sampleService,
  sampleSlot,
  sampleStatus,
  sampleWait,
  stagingId,
  timeFromNow,
  tokenText,
} from './samples.ts';
import { activityHandlers } from './world-activity.ts';
import { backupHandlers, rescueHandlers, samplePreviewOfBackup } from './world-backup.ts';
import { imagesHandlers } from './world-images.ts';
import { doctorHandlers, sampleFindings } from './world-doctor.ts';
import { keysHandlers } from './world-keys.ts';
import { linksHandlers } from './world-links.ts';
import { registriesHandlers } from './world-registries.ts';
import { browserSignInHandlers, passwordSignInHandlers } from './world-signin.ts';
import { signOutHandlers, unrevokedHandlers } from './world-sign-out.ts';
import { clipboard, slotsHandlers, vaultHandlers } from './world-vault.ts';
import { tokensHandlers } from './world-tokens.ts';
import { sampleTeam, teamId, type TeamWorld } from './samples-team.ts';
import { groupId, sampleUsers, type UsersWorld } from './samples-users.ts';
import { credentialHandlers, type CredentialsWorld } from './world-access-credentials.ts';
import {
  filesHandlers,
  sampleTemplates,
  templatesHandlers,
  type TemplatesWorld,
} from './world-access-templates.ts';
import { accessHandlers, sampleAccess, type AccessWorld } from './world-access.ts';
import { requestsHandlers, sampleRequests, type RequestsWorld } from './world-requests.ts';
import { sampleKeeper, type RemoteKeysWorld } from './samples-remote-keys.ts';
import { keeperHandlers } from './world-keeper.ts';
import { sampleRules, type RulesWorld } from './world-rules.ts';
import { teamHandlers } from './world-team.ts';
import { usersHandlers } from './world-users.ts';
import { grantsHandlers, botsHandlers, permissionsHandlers } from './world-organization.ts';
import { sampleOrganization, type OrganizationWorld } from './world-organization.ts';
import { createTestApi, type TestApi, type TestHandlers } from './test-api.ts';

type CallName = {
  [Group in keyof IpcHandlers]: `${Group}.${keyof IpcHandlers[Group] & string}`;
}[keyof IpcHandlers];

type VaultStatus = z.output<typeof ipcContract.calls.vault.status.response>;

/** What the main process knows in a test. Tests change it and tell the window by an event, as main would. */
export interface World
  extends
    OrganizationWorld,
    TeamWorld,
    UsersWorld,
    AccessWorld,
    RequestsWorld,
    TemplatesWorld,
    CredentialsWorld,
    RulesWorld,
    RemoteKeysWorld {
  vault: { state: VaultState; retryAfterMs: number } & Partial<VaultStatus>;
  lockForecast: LockForecast | null;
  slots: SlotSummary[];
  /** The keychain of this computer; null when it has none. */
  keychain: string | null;
  strength: PassphraseStrength;
  /** Whether the user goes through with saving and printing. */
  savesAndPrints: boolean;
  contexts: ContextSummary[];
  keys: KeySummary[];
  rotation: Rotation | null;
  /** The private keys of a text that is imported, when they are asked about. */
  keysInText: KeyChoice[];
  /** What the service does when a key is revoked. */
  revocation: Revocation;
  service: DiscoveredService;
  status: ContextStatus;
  card: RegistrationCard;
  wait: WaitState;
  tokens: MintedToken[];
  liveTokens: LiveTokens[];
  inspection: Inspection;
  /** What becomes of the contexts' keys and set-ups when they are signed out, one after the other. */
  signOut: { revocations: readonly Revocation[]; left: readonly SetUpLeft[]; stuck: readonly string[] };
  registries: Registry[];
  helper: SetUpPreview['helper'];
  agent: {
    listening: boolean;
    socket: string;
    problem: 'in_use' | 'not_a_socket' | 'path_too_long' | 'failed' | null;
  };
  preview: SetUpPreview;
  restored: 'exact' | 'entry';
  /** What the Doctor finds. */
  findings: Finding[];
  activity: ActivityEntry[];
  /** The `keyhold://` link that waits. */
  link: OpenedLink | null;
  /** The sign-in by browser that is under way. */
  browserSignIn: BrowserSignInState | null;
  /** What the current context's user signed in as with a password, and whether the service wants another one first. */
  passwords: { username: string | null; wantsNew: boolean };
  /** What was left and is not revoked yet. */
  unrevoked: UnrevokedSummary[];
  /** Whether the system finds a browser. */
  opensBrowser: boolean;
  rules: ApprovalRule[];
  /** What waits for the user's answer, in order. */
  questions: ApprovalQuestion[];
  brokenAt: number | null;
  settings: SettingsView;
  backup: z.output<typeof ipcContract.calls.backup.status.response>;
  backupPreview: RestorePreview;
  /** Good copies of the vault file. */
  copies: VaultCopy[];
  /** Calls that fail, each in its way. */
  failures: Partial<Record<CallName, Failure>>;
  /** Calls that never answer. */
  hanging: CallName[];
}

/** Two contexts, all well. */
function defaultWorld(): World {
  const staging = sampleContext({
    id: stagingId,
    name: 'Staging',
    origin: 'https://registry.staging.acme.example',
    host: 'registry.staging.acme.example',
    current: false,
  });
  return {
    vault: { state: 'unlocked', retryAfterMs: 0 },
    lockForecast: { at: timeFromNow(15 * 60), latest: null },
    slots: [sampleSlot()],
    keychain: null,
    strength: { score: 4, hint: null },
    savesAndPrints: true,
    contexts: [sampleContext(), staging],
    keys: [sampleKey()],
    rotation: null,
    keysInText: [],
    revocation: 'revoked',
    service: sampleService(),
    status: sampleStatus(),
    card: sampleCard(),
    wait: sampleWait(),
    tokens: [],
    liveTokens: [],
    inspection: sampleInspection(),
    signOut: { revocations: ['revoked'], left: ['undone'], stuck: [] },
    registries: [
      sampleRegistry(),
      sampleRegistry({
        contextId: stagingId,
        contextName: staging.name,
        host: staging.host,
        ...notSetUp(),
      }),
    ],
    ...sampleOrganization(),
    ...sampleTeam(),
    ...sampleUsers(),
    ...sampleAccess(),
    ...sampleTemplates({
      ...{ jonas: `user:${teamId('u', 2)}`, bot: 'bot:acme/release', group: `group:${groupId(3)}` },
    }),
    accessCredential: { holder: `user:${teamId('u', 1)}`, actions: ['read'] },
    ...sampleRequests(),
    ...sampleRules(),
    ...sampleKeeper(),
    helper: { path: helperPath, state: 'current', onPath: true },
    agent: { listening: true, socket: '/run/user/1000/keyhold/agent.sock', problem: null },
    preview: samplePreview(),
    restored: 'exact',
    findings: sampleFindings(),
    activity: sampleActivity(),
    link: null,
    browserSignIn: null,
    passwords: { username: null, wantsNew: false },
    unrevoked: [],
    opensBrowser: true,
    rules: [],
    questions: [],
    brokenAt: null,
    settings: { settings: defaultSettings, startAtLogin: false, tray: true, setAside: false },
    backup: { savedAt: timeFromNow(-12 * 86_400), newCredentials: 0, copies: 7, newestCopy: '2026-11-24' },
    backupPreview: samplePreviewOfBackup(),
    copies: [],
    failures: {},
    hanging: [],
  };
}

function contextsHandlers(world: World): IpcHandlers['contexts'] {
  const known = (contextId: string): ContextSummary => {
    const context = world.contexts.find(({ id }) => id === contextId);
    if (context === undefined) throw new KeyholdError('context_not_found');
    return context;
  };
  return {
    list: () => world.contexts,
    current: () => world.contexts.find(({ current }) => current) ?? null,
    discover: () => world.service,
    openFoundDashboard: () => undefined,
    add: ({ name, userId }) => {
      const { origin, host, hasRegistry, hasDashboard, maxTokenTtl } = world.service;
      const added = sampleContext({
        id: crypto.randomUUID(),
        name,
        userId,
        origin,
        host,
        hasRegistry,
        hasDashboard,
        maxTokenTtl,
        serviceName: world.service.name,
        state: 'pending',
        createdAt: timeFromNow(0),
        current: world.contexts.length === 0,
      });
      world.contexts = [...world.contexts, added];
      return added;
    },
    edit: ({ contextId, ...look }) => {
      const edited = { ...known(contextId), ...look };
      world.contexts = world.contexts.map((context) => (context.id === contextId ? edited : context));
      return edited;
    },
    correctUser: ({ contextId, userId }) => {
      const corrected = { ...known(contextId), userId };
      world.contexts = world.contexts.map((context) => (context.id === contextId ? corrected : context));
      world.card = { ...world.card, userId };
      return corrected;
    },
    setCurrent: ({ contextId }) => {
      known(contextId);
      world.contexts = world.contexts.map((context) => ({ ...context, current: context.id === contextId }));
    },
    remove: ({ contextId }) => {
      const { id } = known(contextId);
      world.contexts = world.contexts
        .filter((context) => context.id !== id)
        .map((context, index) => ({ ...context, current: index === 0 }));
    },
    status: ({ contextId }) => ({ ...world.status, context: known(contextId) }),
    openDashboard: () => undefined,
  };
}

function signinHandlers(world: World): IpcHandlers['signin'] {
  return {
    card: ({ contextId }) => ({ ...world.card, contextId }),
    renew: ({ contextId }) => {
      world.card = sampleCard({
        contextId,
        jti: crypto.randomUUID(),
        issuedAt: timeFromNow(0),
        expiresAt: timeFromNow(600),
      });
      return world.card;
    },
    copy: () => clipboard(world),
    reveal: () => ({ token: tokenText }),
    wait: ({ contextId }) => ({ ...world.wait, contextId }),
    checkNow: ({ contextId }) => ({ ...world.wait, contextId, nextTryAt: null }),
    cancel: ({ contextId }) => {
      world.wait = sampleWait({ contextId, phase: 'idle', nextTryAt: null });
      return world.wait;
    },
  };
}

type Handler = (request: never) => unknown;

/** Puts the world's failures and hanging calls before the handlers. */
function withFailures(world: World, handlers: IpcHandlers): TestHandlers {
  const groups = Object.entries(handlers).map(([group, calls]) => {
    const wrapped = Object.entries(calls as Record<string, Handler>).map(([name, handler]) => {
      const call = `${group}.${name}` as CallName;
      const guarded = (request: never): unknown => {
        const failure = world.failures[call];
        if (failure !== undefined) throw new KeyholdError(failure.code, failure.details);
        return world.hanging.includes(call) ? new Promise<never>(() => undefined) : handler(request);
      };
      return [name, guarded] as const;
    });
    return [group, Object.fromEntries(wrapped)] as const;
  });
  return Object.fromEntries(groups);
}

/** A main process that keeps what it is told, in memory, and whose facts a test can set. */
export function createWorld(facts: Partial<World> = {}): TestApi & { world: World } {
  const world: World = { ...defaultWorld(), ...facts };
  const handlers: IpcHandlers = {
    app: {
      info: () => ({ version: '0.1.0', electron: '45.4.1', platform: 'linux', runtimeSupported: true }),
      noteUnsaved: () => undefined,
    },
    vault: vaultHandlers(world),
    slots: slotsHandlers(world),
    contexts: contextsHandlers(world),
    keys: keysHandlers(world),
    signin: signinHandlers(world),
    browserSignIn: browserSignInHandlers(world),
    passwordSignIn: passwordSignInHandlers(world),
    signOut: signOutHandlers(world),
    unrevoked: unrevokedHandlers(world),
    tokens: tokensHandlers(world),
    registries: registriesHandlers(world),
    doctor: doctorHandlers(world),
    bots: botsHandlers(world),
    ...teamHandlers(world),
    ...usersHandlers(world),
    grants: grantsHandlers(world),
    permissions: permissionsHandlers(world),
    ...requestsHandlers(world),
    access: { ...accessHandlers(world), ...credentialHandlers(world) },
    accessTemplates: templatesHandlers(world),
    ...keeperHandlers(world),
    accessFiles: filesHandlers(world),
    images: imagesHandlers(world),
    links: linksHandlers(world),
    activity: activityHandlers(world),
    settings: settingsHandlers(world),
    ...approvalsHandlers(world),
    backup: backupHandlers(world),
    rescue: rescueHandlers(world),
  };
  return { ...createTestApi({ overrides: withFailures(world, handlers) }), world };
}
