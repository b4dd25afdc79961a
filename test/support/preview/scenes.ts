import { contextColours } from '../../../contracts/domain/context-colours.ts';
import { limits } from '../../../contracts/domain/limits.ts';
import {
  notSetUp,
  productionId,
  sampleActivity,
  sampleCard,
  sampleContext,
  sampleInspection,
  sampleKey,
  samplePendingKey,
  samplePreview,
  sampleRegistry,
  sampleService,
  sampleSlot,
  sampleSignIn,
  sampleStatus,
  sampleToken,
  sampleWait,
  stagingId,
  timeFromNow,
} from '../samples.ts';
import type { World } from '../world.ts';
import { accountScenes } from './account-scenes.ts';
import { approvalScenes } from './approval-scenes.ts';
import { backupScenes } from './backup-scenes.ts';
import { doctorScenes } from './doctor-scenes.ts';
import { keyScenes } from './key-scenes.ts';
import { settingsScenes } from './settings-scenes.ts';
import { signInScenes } from './sign-in-scenes.ts';
import { stateScenes } from './state-scenes.ts';
import { organizationScenes } from './organization-scenes.ts';
import { serviceScenes } from './service-scenes.ts';

const foreign = { entry: 'other', canUndo: false, fault: null, trouble: null } as const;
const unreadable = { entry: 'unreadable', canUndo: false, fault: 'not_json', trouble: null } as const;

const longName = 'Production Europe (Frankfurt) primary';
const longHost = 'very-long-registry-name.eu-central-1.containers.platform.acme-industries.example:8443';

function pending(facts: Partial<World> = {}): Partial<World> {
  return {
    contexts: [sampleContext({ state: 'pending', createdAt: timeFromNow(-20) })],
    keys: [samplePendingKey()],
    ...facts,
  };
}

/** Five contexts with labels; two of them are accounts on one host, one is signed out, one pending. */
function labelled(facts: Partial<World> = {}): Partial<World> {
  const contexts = [
    sampleContext({ label: 'prod', colour: 'red' }),
    sampleContext({
      id: stagingId,
      name: 'Staging',
      label: 'staging',
      colour: 'blue',
      current: false,
      host: 'registry.staging.acme.example',
    }),
    ...(['Release bot', 'Old laptop', 'Sandbox'] as const).map((name, index) =>
      sampleContext({
        id: `${productionId.slice(0, -1)}${String(index + 4)}`,
        name,
        current: false,
        label: index === 0 ? 'prod' : null,
        colour: contextColours[index + 3] ?? 'pink',
        userId: index === 0 ? 'bot:acme/release' : 'u_42',
        state: (['active', 'signed_out', 'pending'] as const)[index] ?? 'active',
        ...(index > 0 && { host: `host-${String(index)}.acme.example` }),
      }),
    ),
  ];
  return {
    contexts,
    registries: contexts.map(({ id, name, host, current, state }, index) =>
      sampleRegistry({
        contextId: id,
        contextName: name,
        host,
        answers: current || (index !== 2 && state === 'active') ? 'this' : index === 2 ? 'other' : 'nobody',
        ...(state === 'active' ? {} : notSetUp()),
      }),
    ),
    ...facts,
  };
}

function inspecting(facts: Partial<ReturnType<typeof sampleInspection>>): Partial<World> {
  return { inspection: sampleInspection(facts) };
}

/** An id that is the same in each picture. */
function idOf(index: number): string {
  return `${productionId.slice(0, -5)}${index.toString(16).padStart(5, '0')}`;
}

/** More contexts than a window can draw, each with a registry. */
function manyContexts(): Partial<World> {
  const colours = contextColours;
  const contexts = Array.from({ length: 10_000 }, (_, index) =>
    sampleContext({
      id: idOf(index),
      name: `Cluster ${String(index)}`,
      host: `registry-${String(index)}.acme.example`,
      colour: colours[index % colours.length] ?? 'blue',
      label: index % 3 === 0 ? 'prod' : null,
      current: index === 5000,
    }),
  );
  const registries = contexts.map(({ id, name, host }, index) =>
    sampleRegistry({ contextId: id, contextName: name, host, ...(index % 4 === 0 ? {} : notSetUp()) }),
  );
  return { contexts, registries };
}

/** What the main process knows in each picture. */
export const scenes: Readonly<Record<string, () => Partial<World>>> = {
  firstStart: () => ({ vault: { state: 'missing', retryAfterMs: 0 } }),
  locked: () => ({ vault: { state: 'locked', retryAfterMs: 0 } }),
  wrongPassphrase: () => ({
    vault: { state: 'locked', retryAfterMs: 0 },
    failures: { 'vault.unlock': { code: 'wrong_passphrase', details: { retryAfterMs: 4000 } } },
  }),
  unlocking: () => ({ vault: { state: 'locked', retryAfterMs: 0 }, hanging: ['vault.unlock'] }),
  firstStartKeychain: () => ({
    vault: { state: 'missing', retryAfterMs: 0 },
    keychain: 'gnome_libsecret',
    strength: { score: 3, hint: null },
  }),
  weakPassphrase: () => ({
    vault: { state: 'missing', retryAfterMs: 0 },
    strength: { score: 1, hint: 'common' },
    failures: { 'vault.create': { code: 'passphrase_too_weak', details: { hint: 'common' } } },
  }),
  fairPassphrase: () => ({
    vault: { state: 'missing', retryAfterMs: 0 },
    strength: { score: 2, hint: 'more_words' },
  }),
  sheetFails: () => ({
    vault: { state: 'missing', retryAfterMs: 0 },
    failures: { 'slots.saveCode': { code: 'print_failed' } },
  }),
  lockedKeychain: () => ({
    vault: { state: 'locked', retryAfterMs: 0, keychain: 'offered', recovery: true },
  }),
  askingKeychain: () => ({
    vault: { state: 'locked', retryAfterMs: 0, keychain: 'automatic', recovery: true },
    hanging: ['vault.unlockWithKeychain'],
  }),
  keychainLost: () => ({
    vault: { state: 'locked', retryAfterMs: 0, keychain: 'automatic', recovery: true },
    failures: { 'vault.unlockWithKeychain': { code: 'keychain_failed', details: { keychain: 'lost' } } },
  }),
  codeMistyped: () => ({
    vault: { state: 'locked', retryAfterMs: 0, recovery: true },
    failures: { 'vault.recover': { code: 'recovery_code_mistyped' } },
  }),
  security: () => ({
    keychain: 'gnome_libsecret',
    slots: [
      sampleSlot(),
      sampleSlot({ kind: 'keychain', backend: 'gnome_libsecret', createdAt: timeFromNow(-3 * 86_400) }),
      sampleSlot({ kind: 'recovery' }),
    ],
  }),
  securityKeychainChanged: () => ({
    keychain: 'kwallet6',
    slots: [sampleSlot(), sampleSlot({ kind: 'keychain', backend: 'gnome_libsecret' })],
    failures: {
      'slots.changePassphrase': { code: 'wrong_passphrase', details: { retryAfterMs: 0 } },
    },
  }),
  newer: () => ({ vault: { state: 'newer', retryAfterMs: 0 } }),
  unreadable: () => ({ failures: { 'vault.status': { code: 'storage_failed' } } }),
  empty: () => ({ contexts: [], registries: [], keys: [], activity: sampleActivity().slice(-1) }),
  active: () => ({}),
  manyContexts,
  revoked: () => ({
    contexts: [sampleContext({ signIn: sampleSignIn('not_accepted') })],
    status: sampleStatus({ identity: null, org: null, role: null }),
  }),
  unreachable: () => ({
    contexts: [sampleContext({ signIn: sampleSignIn('unreachable') })],
    status: sampleStatus({ identity: null, org: null, role: null }),
  }),
  skewed: () => ({
    status: sampleStatus({ clockSkewSeconds: 95 }),
    service: sampleService({ clockSkewSeconds: -140, hasRegistry: false, hasDashboard: false }),
  }),
  noService: () => ({ failures: { 'contexts.discover': { code: 'not_a_keyhold_server' } } }),
  anotherOrigin: () => ({
    failures: {
      'contexts.discover': {
        code: 'another_origin',
        details: { origin: `https://${'registry.'.repeat(24)}acme.example:8443` },
      },
    },
  }),
  nothingOffered: () => ({ service: sampleService({ methods: ['later'] }) }),
  nameTaken: () => ({ failures: { 'contexts.add': { code: 'name_taken' } } }),
  pending: () => pending(),
  expired: () => pending({ card: sampleCard({ expiresAt: timeFromNow(-30) }) }),
  offline: () => pending({ wait: sampleWait({ phase: 'offline', nextTryAt: timeFromNow(12) }) }),
  wrongUser: () => pending({ wait: sampleWait({ phase: 'wrong_user', nextTryAt: null }) }),
  registered: () =>
    pending({
      wait: sampleWait({
        phase: 'registered',
        nextTryAt: null,
        setUps: { podman: 'done', docker: 'not_asked' },
      }),
    }),
  registeredPodmanFailed: () =>
    pending({
      wait: sampleWait({
        phase: 'registered',
        nextTryAt: null,
        setUps: { podman: 'failed', docker: 'done' },
      }),
    }),
  twoKeys: () => ({
    keys: [
      sampleKey(),
      samplePendingKey({
        id: '0b9b2f44-52f0-4e0b-8f0a-5b7b1c9d3e02',
        label: 'Build machine in the Frankfurt data centre, second rack',
        kid: 'Zt81bQpLk2c7Tn0vHh3sXyUaWm5dRf9gEoJi6Kq4PzA',
        fingerprint: 'SHA256:Qm7x0TfYk3uLr8vNc2Zb9sWjHdEaPo6iGt4lXyV1MnR',
        createdAt: timeFromNow(-45),
      }),
    ],
  }),
  labelled: () => labelled(),
  signedOut: () => ({ contexts: [sampleContext({ state: 'signed_out', label: 'prod' })], keys: [] }),
  editTaken: () => labelled({ failures: { 'contexts.edit': { code: 'name_taken' } } }),
  signOutTroubles: () =>
    labelled({
      signOut: {
        revocations: ['revoked', 'unreachable', 'refused', 'not_registered'],
        left: ['undone', 'failed', 'kept', 'none'],
        stuck: [],
      },
    }),
  signOutStuck: () => ({ signOut: { revocations: ['revoked'], left: ['none'], stuck: [stagingId] } }),
  signOutHangs: () => labelled({ hanging: ['signOut.run'] }),
  recentTokens: () =>
    labelled({
      tokens: [
        sampleToken({ tokenId: '7c9e6679-7425-40de-944b-e07fc1f90ae1', expiresAt: timeFromNow(3300) }),
        sampleToken({
          tokenId: '7c9e6679-7425-40de-944b-e07fc1f90ae2',
          contextId: stagingId,
          jti: '9b2d7c14-1b1a-4a5e-8e0f-000000000000',
          expiresAt: timeFromNow(12 * 3600),
        }),
      ],
    }),
  inspectForeign: () =>
    inspecting({
      algorithm: 'RS256',
      header: [
        { name: 'alg', kind: 'text', value: 'RS256' },
        { name: 'kid', kind: 'text', value: 'https://issuer.example/keys/2026-11' },
      ],
      claims: [
        { name: 'iss', kind: 'text', value: 'https://issuer.example' },
        { name: 'aud', kind: 'json', value: '["api://default","https://graph.issuer.example"]' },
        { name: 'exp', kind: 'time', value: timeFromNow(-3 * 86_400) },
        { name: 'scope', kind: 'text', value: 'openid profile email '.repeat(20).trim() },
        {
          name: 'https://issuer.example/claims/very-long-name-of-a-claim',
          kind: 'json',
          value: '{"a":[1,2,3]}',
        },
      ],
      signature: { state: 'key_unknown' },
      time: 'expired',
      audience: { state: 'foreign' },
    }),
  inspectForged: () => {
    const { label, fingerprint } = sampleKey();
    return inspecting({
      signature: {
        state: 'wrong',
        contextId: productionId,
        contextName: 'Production',
        keyLabel: label,
        fingerprint,
        key: { state: 'live' },
      },
    });
  },
  inspectWrong: () =>
    inspecting({
      audience: { state: 'wrong', expected: 'https://registry.acme.example' },
      time: 'valid',
      notes: ['crit', 'user'],
    }),
  inspectMalformed: () => ({
    inspection: { kind: 'malformed', problem: 'character', part: 'claims', position: 73 },
  }),
  ...keyScenes,
  ...settingsScenes,
  ...signInScenes,
  ...stateScenes,
  ...accountScenes,
  ...approvalScenes,
  ...backupScenes,
  ...doctorScenes,
  ...organizationScenes,
  ...serviceScenes,
  shortTokens: () => ({ contexts: [sampleContext({ maxTokenTtl: 3600 })] }),
  mintFails: () => ({
    failures: { 'tokens.mint': { code: 'invalid_ttl', details: { maxSeconds: 86_400 } } },
  }),
  registryTroubles: () => ({
    registries: [
      sampleRegistry({
        clients: { podman: foreign, docker: { entry: 'none', canUndo: false, fault: null, trouble: null } },
      }),
      sampleRegistry({
        contextId: stagingId,
        contextName: 'Staging',
        host: longHost,
        clients: {
          podman: { ...unreadable, fault: 'other_form' },
          docker: { ...unreadable, fault: 'other_form' },
        },
      }),
    ],
    helper: { path: '/home/ada/.local/bin/docker-credential-keyhold', state: 'stale', onPath: false },
    agent: { listening: false, socket: '/run/user/1000/keyhold/agent.sock', problem: 'in_use' },
    failures: { 'registries.preview': { code: 'auth_file_entry_foreign', details: { client: 'podman' } } },
  }),
  newAuthFile: () => ({
    preview: samplePreview({
      fileExists: false,
      lines: ['{', '  "credHelpers": {', '    "registry.staging.acme.example": "keyhold"', '  }', '}'].map(
        (text) => ({
          kind: 'add' as const,
          text,
        }),
      ),
      helper: { path: '/home/ada/.local/bin/docker-credential-keyhold', state: 'missing', onPath: false },
    }),
  }),
  longLog: () => ({ activity: sampleActivity(130) }),
  brokenLog: () => ({ brokenAt: 7 }),
  failing: () => ({
    failures: {
      'settings.get': { code: 'storage_failed' },
      'contexts.status': { code: 'internal' },
      'keys.list': { code: 'storage_failed' },
      'slots.list': { code: 'storage_failed' },
      'backup.status': { code: 'storage_failed' },
      'registries.list': { code: 'storage_failed' },
      'activity.list': { code: 'internal' },
      'tokens.mint': { code: 'key_not_registered' },
    },
  }),
  loading: () => ({
    hanging: [
      'contexts.status',
      'keys.list',
      'slots.list',
      'registries.list',
      'activity.list',
      'backup.status',
      'settings.get',
    ],
  }),
  long: () => {
    const context = sampleContext({
      name: longName.slice(0, limits.contextNameMax),
      host: longHost,
      origin: `https://${longHost}`,
      serviceName: 'Acme Industries Container Platform for Central Europe',
      userId: 'bot:acme-industries-platform-engineering/nightly-build-runner-01',
    });
    return {
      contexts: [
        context,
        ...['Staging', 'Sandbox', 'Ünïted', '日本 registry'].map((name, index) =>
          sampleContext({ id: `${productionId.slice(0, -1)}${String(index + 4)}`, name, current: false }),
        ),
      ],
      status: sampleStatus({
        identity: 'Nightly build runner 01 of the platform engineering group',
        org: 'acme-industries-platform-engineering',
      }),
      registries: [sampleRegistry({ host: longHost, contextName: longName })],
    };
  },
};
