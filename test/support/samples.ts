import { browserAccessOf } from '../../contracts/domain/browser-access.ts';
import type {
  ApprovalQuestion,
  ApprovalRule,
  UseQuestion,
  Weakening,
} from '../../contracts/domain/approval.ts';
import { perClient } from '../../contracts/domain/registry-client.ts';
import type { ContextSummary } from '../../contracts/domain/context.ts';
import type { SignIn, SignInState } from '../../contracts/domain/sign-in.ts';
import type { KeySummary } from '../../contracts/domain/key.ts';
import type { Rotation } from '../../contracts/domain/rotation.ts';
import type { KeyChoice } from '../../contracts/ipc/keys.ts';
import type { ActivityEntry } from '../../contracts/ipc/activity.ts';
import type { ContextStatus, DiscoveredService } from '../../contracts/ipc/contexts.ts';
import type { DecodedToken } from '../../contracts/domain/inspection.ts';
import type { Registry, SetUpPreview } from '../../contracts/ipc/registries.ts';
import type { RegistrationCard, WaitState } from '../../contracts/ipc/signin.ts';
import type { SlotSummary } from '../../contracts/ipc/slots.ts';
import type { MintedToken } from '../../contracts/ipc/tokens.ts';

/** Believable answers of the main process, for tests of the window. Ages and lives in seconds from now. */

export function timeFromNow(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString();
}

export const productionId = '6f1c2f0e-3b7d-4c19-9a52-0d6f6b1f2a01';
export const stagingId = '6f1c2f0e-3b7d-4c19-9a52-0d6f6b1f2a02';

/** Said by the service a moment ago; other answers follow one that was good half an hour ago. */
export function sampleSignIn(state: SignInState = 'signed_in'): SignIn {
  const asked = state !== 'unknown' && state !== 'expired';
  return {
    state,
    since: asked ? timeFromNow(state === 'signed_in' ? -1800 : -120) : null,
    checkedAt: asked ? timeFromNow(0) : null,
    seenAt: timeFromNow(state === 'signed_in' ? 0 : -1800),
  };
}

export function sampleContext(facts: Partial<ContextSummary> = {}): ContextSummary {
  return {
    id: productionId,
    name: 'Production',
    colour: 'indigo',
    label: null,
    origin: 'https://registry.acme.example',
    host: 'registry.acme.example',
    serviceName: 'Acme Registry',
    userId: 'u_42',
    org: null,
    credential: 'key',
    endsAt: null,
    state: 'active',
    signIn: sampleSignIn(),
    current: true,
    hasRegistry: true,
    hasDashboard: true,
    audience: null,
    takesTokens: false,
    capabilities: ['repositories', 'bots', 'organizations', 'members', 'api-keys', 'projects', 'accounts'],
    maxTokenTtl: 86_400,
    createdAt: timeFromNow(-32 * 86_400),
    ...facts,
  };
}

export function sampleKey(facts: Partial<KeySummary> = {}): KeySummary {
  return {
    id: '0b9b2f44-52f0-4e0b-8f0a-5b7b1c9d3e01',
    contextId: productionId,
    label: 'This computer',
    kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    fingerprint: 'SHA256:9Jq2b1mXc0fVt8u3KpYw7sRhDzLeNa5oGx4iQkT6UvM',
    source: 'made',
    state: 'active',
    signs: true,
    createdAt: timeFromNow(-32 * 86_400),
    registeredAt: timeFromNow(-32 * 86_400 + 140),
    lastUsedAt: timeFromNow(-8 * 60),
    programUse: { at: timeFromNow(-8 * 60), program: 'skopeo' },
    expiresAt: timeFromNow((365 - 32) * 86_400),
    revokedAt: null,
    ...facts,
  };
}

/** A key whose registration has not come about. */
export function samplePendingKey(facts: Partial<KeySummary> = {}): KeySummary {
  return sampleKey({
    state: 'pending',
    signs: false,
    registeredAt: null,
    lastUsedAt: null,
    programUse: null,
    createdAt: timeFromNow(-20),
    expiresAt: timeFromNow(365 * 86_400 - 20),
    ...facts,
  });
}

export function sampleRotation(facts: Partial<Rotation> = {}): Rotation {
  return {
    contextId: productionId,
    oldKeyId: sampleKey().id,
    newKeyId: '0b9b2f44-52f0-4e0b-8f0a-5b7b1c9d3e09',
    mode: 'service',
    step: 'register',
    running: true,
    problem: null,
    canUndo: true,
    ...facts,
  };
}

export function sampleService(facts: Partial<DiscoveredService> = {}): DiscoveredService {
  const { methods = ['key'] } = facts;
  const isBrowser = methods.includes('browser');
  return {
    origin: 'https://registry.acme.example',
    host: 'registry.acme.example',
    name: 'Acme Registry',
    methods,
    browserAccess: browserAccessOf({
      kisenon: isBrowser,
      artifactKeeper: isBrowser && methods.includes('password'),
    }),
    provider: null,
    hasRegistry: true,
    hasDashboard: true,
    maxTokenTtl: 86_400,
    clockSkewSeconds: 0,
    ...facts,
  };
}

export function sampleStatus(facts: Partial<ContextStatus> = {}): ContextStatus {
  return {
    context: sampleContext(),
    identity: 'Ada Lindqvist',
    org: 'acme',
    role: 'owner',
    key: sampleKey(),
    apiKey: null,
    programUse: sampleKey().programUse,
    clockSkewSeconds: 0,
    said: null,
    ...facts,
  };
}

export function sampleCard(facts: Partial<RegistrationCard> = {}): RegistrationCard {
  const key = sampleKey();
  return {
    contextId: productionId,
    userId: 'u_42',
    audience: 'https://registry.acme.example',
    keyLabel: key.label,
    fingerprint: key.fingerprint,
    kid: key.kid,
    jti: '5f1f4f62-8d1c-4f0e-9a40-6a5f0f5f7c11',
    algorithm: 'Ed25519',
    issuedAt: timeFromNow(-19),
    expiresAt: timeFromNow(581),
    ...facts,
  };
}

export function sampleWait(facts: Partial<WaitState> = {}): WaitState {
  return {
    contextId: productionId,
    phase: 'waiting',
    nextTryAt: timeFromNow(3),
    tries: 4,
    setUps: perClient(() => 'not_asked'),
    ...facts,
  };
}

export function sampleToken(facts: Partial<MintedToken> = {}): MintedToken {
  return {
    tokenId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
    contextId: productionId,
    subject: 'u_42',
    audience: 'https://registry.acme.example',
    kid: sampleKey().kid,
    algorithm: 'Ed25519',
    jti: 'c56a4180-65aa-42ec-a945-5fd21dec0538',
    issuedAt: timeFromNow(0),
    expiresAt: timeFromNow(3600),
    key: { state: 'live' },
    ...facts,
  };
}

/** A token of the production context, as main takes it apart. */
export function sampleInspection(facts: Partial<DecodedToken> = {}): DecodedToken {
  const key = sampleKey();
  return {
    kind: 'decoded',
    algorithm: 'Ed25519',
    header: [
      { name: 'alg', kind: 'text', value: 'Ed25519' },
      { name: 'typ', kind: 'text', value: 'JWT' },
      { name: 'kid', kind: 'text', value: key.kid },
    ],
    claims: [
      { name: 'iss', kind: 'text', value: 'u_42' },
      { name: 'sub', kind: 'text', value: 'u_42' },
      { name: 'aud', kind: 'text', value: 'https://registry.acme.example' },
      { name: 'iat', kind: 'time', value: timeFromNow(-6 * 60) },
      { name: 'exp', kind: 'time', value: timeFromNow(54 * 60) },
      { name: 'jti', kind: 'text', value: 'c56a4180-65aa-42ec-a945-5fd21dec0538' },
    ],
    signature: {
      state: 'verified',
      named: true,
      contextId: productionId,
      contextName: 'Production',
      keyLabel: key.label,
      fingerprint: key.fingerprint,
      key: { state: 'live' },
    },
    time: 'valid',
    audience: { state: 'known', contextName: 'Production' },
    notes: [],
    ...facts,
  };
}

/** Looks like a token and is none: its parts decode to plain words. */
export const tokenText = ['header', 'payload', 'signature']
  .map((part) => btoa(`not a real token: ${part} `.repeat(4)).replaceAll('=', ''))
  .join('.');

export function sampleRegistry(facts: Partial<Registry> = {}): Registry {
  return {
    contextId: productionId,
    contextName: 'Production',
    host: 'registry.acme.example',
    answers: 'this',
    clients: perClient(() => ({ entry: 'keyhold', canUndo: true, fault: null, trouble: null })),
    lastUse: { at: timeFromNow(-3 * 60), program: 'skopeo' },
    ...facts,
  };
}

/** What no client was ever set up for. */
export function notSetUp(): Pick<Registry, 'clients'> {
  return { clients: perClient(() => ({ entry: 'none', canUndo: false, fault: null, trouble: null })) };
}

export const helperPath = '/home/ada/.local/bin/docker-credential-keyhold';

export function samplePreview(facts: Partial<SetUpPreview> = {}): SetUpPreview {
  return {
    file: '/home/ada/.config/containers/auth.json',
    fileExists: true,
    unchanged: false,
    lines: [
      { kind: 'same', text: '{' },
      { kind: 'same', text: '  "auths": {' },
      { kind: 'same', text: '    "quay.example": { "auth": "••••••••" }' },
      { kind: 'remove', text: '  }' },
      { kind: 'add', text: '  },' },
      { kind: 'add', text: '  "credHelpers": {' },
      { kind: 'add', text: '    "registry.acme.example": "keyhold"' },
      { kind: 'add', text: '  }' },
      { kind: 'same', text: '}' },
    ],
    helper: { path: helperPath, state: 'missing', onPath: true },
    ...facts,
  };
}

export function sampleSlot(facts: Partial<SlotSummary> = {}): SlotSummary {
  return { kind: 'passphrase', createdAt: timeFromNow(-32 * 86_400), backend: null, ...facts };
}

export const recoveryCodeId = '3d3e4a7e-9a53-4d0c-8f57-5a1c4f1c9b21';

/** Looks like a recovery code and opens nothing: it is that of a secret of zeros and ones. */
export const recoveryCodeText = '04HM-ASW9-NF6Y-Y093-8NKR-KAYD-XW0J-6HB7-RFMY';

const story: readonly (readonly [number, ActivityEntry['kind'], string | null, string | null])[] = [
  [-40, 'token.copied', 'Production', 'curl, key kPrK_qmx'],
  [-55, 'token.minted', 'Production', '1h, key kPrK_qmx'],
  [-8 * 60, 'helper.credential_given', 'Production', 'registry.acme.example'],
  [-22 * 60, 'vault.unlocked', null, 'system keychain'],
  [-23 * 60, 'vault.unlock_failed', null, null],
  [-3 * 3600, 'vault.locked', null, 'idle'],
  [-4 * 3600, 'helper.refused', null, 'docker.example: no context for this registry'],
  [-5 * 3600, 'token.revealed', 'Staging', 'key Zt81bQpL'],
  [-25 * 3600, 'doctor.mended', null, 'Helper program: Install helper'],
  [-26 * 3600, 'registry.undone', 'Staging', 'registry.staging.acme.example for Docker'],
  [-27 * 3600, 'registry.set_up', 'Staging', 'registry.staging.acme.example for Podman'],
  [-3 * 86_400, 'key.registered', 'Staging', 'This computer'],
  [-3 * 86_400, 'key.created', 'Staging', 'This computer'],
  [-3 * 86_400, 'context.added', 'Staging', 'https://registry.staging.acme.example'],
  [-8 * 86_400, 'context.signed_out', 'Sandbox', 'key not revoked: service not reached'],
  [-8 * 86_400, 'context.edited', 'Sandbox', 'was “Test”, label try-outs'],
  [-9 * 86_400, 'context.removed', 'Sandbox', 'http://127.0.0.1:8080'],
  [-10 * 86_400, 'vault.rekeyed', null, null],
  [-11 * 86_400, 'vault.recovered', null, null],
  [-12 * 86_400, 'vault.passphrase_changed', null, null],
  [-30 * 86_400, 'vault.recovery_removed', null, null],
  [-31 * 86_400, 'vault.keychain_removed', null, null],
  [-31 * 86_400, 'vault.keychain_added', null, 'gnome_libsecret'],
  [-32 * 86_400, 'vault.recovery_made', null, null],
  [-10 * 86_400, 'key.rotated', 'Production', 'This computer'],
  [-10 * 86_400, 'key.revoked', 'Production', 'This computer: key revoked'],
  [-11 * 86_400, 'key.rotation_undone', 'Production', 'This computer'],
  [-12 * 86_400, 'key.removed', 'Production', 'Old laptop (SHA256:Qm7x0TfYk3uL…)'],
  [-13 * 86_400, 'key.edited', 'Production', 'laptop renamed This computer'],
  [-14 * 86_400, 'key.imported', 'Production', 'Old laptop (SHA256:Qm7x0TfYk3uL…)'],
  [-32 * 86_400, 'vault.created', null, null],
];

/** The activity log, newest first; all kinds of entries are in it, more than once when `count` is large. */
export function sampleActivity(count = story.length): ActivityEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const [age, kind, contextName, detail] = story[index % story.length] ?? [0, 'vault.created', null, null];
    const older = Math.floor(index / story.length) * 40 * 86_400;
    return { seq: count - index, at: timeFromNow(age - older), kind, contextName, detail };
  });
}

export function sampleQuestion(facts: Partial<UseQuestion> = {}): UseQuestion {
  return {
    about: 'use',
    id: '3b241101-e2bb-4255-8caf-4136c566a962',
    contextName: 'Production',
    userId: 'u_42',
    host: 'registry.acme.example',
    purpose: 'credential',
    life: null,
    caller: {
      program: 'skopeo',
      path: '/usr/bin/skopeo',
      parents: [
        { pid: 4120, name: 'make' },
        { pid: 3977, name: 'bash' },
        { pid: 2210, name: 'gnome-terminal-' },
      ],
    },
    requests: 1,
    endsAt: timeFromNow(52),
    ...facts,
  };
}

export function sampleChange(change: Weakening): ApprovalQuestion {
  const id = '3b241101-e2bb-4255-8caf-4136c566a963';
  return { about: 'change', id, change, endsAt: timeFromNow(52) };
}

export function sampleRule(facts: Partial<ApprovalRule> = {}): ApprovalRule {
  return {
    id: '3b241101-e2bb-4255-8caf-4136c566a901',
    contextId: productionId,
    contextName: 'Production',
    program: 'skopeo',
    path: '/usr/bin/skopeo',
    verdict: 'allow',
    holds: 'always',
    endsAt: null,
    createdAt: timeFromNow(-3 * 86_400),
    ...facts,
  };
}

/** Private keys of one text: in clear, protected, protected so that nothing is known of it, and damaged. */
export function sampleKeyChoices(): KeyChoice[] {
  return [
    { form: 'openssh', fingerprint: `SHA256:${'a'.repeat(43)}`, isProtected: false },
    { form: 'openssh', fingerprint: `SHA256:${'b'.repeat(43)}`, isProtected: true },
    { form: 'pkcs8', fingerprint: null, isProtected: true },
    { form: 'jwk', fingerprint: null, isProtected: false },
  ];
}
