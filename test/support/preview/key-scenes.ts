import type { KeySummary } from '../../../contracts/domain/key.ts';
import {
  sampleContext,
  sampleKey,
  sampleKeyChoices,
  sampleSignIn,
  samplePendingKey,
  sampleRotation,
  sampleStatus,
  timeFromNow,
} from '../samples.ts';
import type { World } from '../world.ts';

const secondId = '0b9b2f44-52f0-4e0b-8f0a-5b7b1c9d3e09';
const second = {
  id: secondId,
  kid: 'Zt81bQpLk2c7Tn0vHh3sXyUaWm5dRf9gEoJi6Kq4PzA',
  fingerprint: 'SHA256:Qm7x0TfYk3uLr8vNc2Zb9sWjHdEaPo6iGt4lXyV1MnR',
};
const third = {
  id: '0b9b2f44-52f0-4e0b-8f0a-5b7b1c9d3e03',
  kid: 'Hw2mVb8KqXc5Ze1uRt7yPo4iLs9dGf3aJn6QkT0vBxM',
  fingerprint: 'SHA256:b8KqXc5Ze1uRt7yPo4iLs9dGf3aJn6QkT0vBxMHw2mV',
};

function manyKeys(): KeySummary[] {
  const year = 365 * 86_400;
  return [
    sampleKey({
      createdAt: timeFromNow(-600),
      registeredAt: timeFromNow(-598),
      expiresAt: timeFromNow(year),
    }),
    sampleKey({ ...second, label: 'Old laptop', source: 'imported', signs: false, expiresAt: null }),
    sampleKey({
      ...third,
      signs: false,
      state: 'revoked',
      revokedAt: timeFromNow(-590),
      createdAt: timeFromNow(-year),
    }),
  ];
}

function rotatingKeys(old: KeySummary['state'] = 'active'): KeySummary[] {
  return old === 'retiring'
    ? [sampleKey(second), sampleKey({ state: old, signs: false })]
    : [samplePendingKey(second), sampleKey()];
}

/** The signing key reaches its age limit in so many days. */
function expiring(days: number, facts: Partial<KeySummary> = {}): Partial<World> {
  const key = sampleKey({ expiresAt: timeFromNow(days * 86_400), ...facts });
  return { keys: [key], status: sampleStatus({ key }) };
}

/** What the main process knows in the pictures of keys and their rotation. */
export const keyScenes = {
  manyKeys: () => ({ keys: manyKeys() }),
  expiring: () => expiring(5),
  expiringToday: () => expiring(0.4),
  keyExpired: () => ({
    ...expiring(-2, { signs: false }),
    contexts: [sampleContext({ signIn: sampleSignIn('expired') })],
    status: sampleStatus({
      identity: null,
      org: null,
      role: null,
      key: sampleKey({ signs: false, expiresAt: timeFromNow(-2 * 86_400) }),
    }),
  }),
  rotating: () => ({ rotation: sampleRotation({ step: 'verify' }), keys: rotatingKeys() }),
  rotationStands: () => ({
    rotation: sampleRotation({ running: false, problem: 'old_key_refused' }),
    keys: rotatingKeys(),
  }),
  rotationRetires: () => ({
    rotation: sampleRotation({
      step: 'retire',
      running: false,
      problem: 'server_unreachable',
      canUndo: false,
    }),
    keys: rotatingKeys('retiring'),
  }),
  rotationPasted: () => ({
    rotation: sampleRotation({ mode: 'paste', running: false }),
    keys: rotatingKeys(),
  }),
  rotated: () => ({ rotation: sampleRotation({ step: 'done', running: false }), keys: manyKeys() }),
  rotateFails: () => ({ failures: { 'keys.rotate': { code: 'server_unreachable' } } }),
  severalKeys: () => ({ keysInText: sampleKeyChoices() }),
  importFails: () => ({ failures: { 'keys.import': { code: 'import_wrong_passphrase' } } }),
  revokeFails: () => ({ revocation: 'unreachable' }),
} satisfies Readonly<Record<string, () => Partial<World>>>;
