import { sampleContext, sampleService, sampleSignIn, timeFromNow } from '../samples.ts';
import { sampleUnrevoked } from '../world-sign-out.ts';
import { sampleBrowserSignIn } from '../world-signin.ts';
import type { World } from '../world.ts';

const longHost = 'very-long-registry-name.eu-central-1.containers.platform.acme-industries.example:8443';

const session = (seconds: number) =>
  sampleContext({ credential: 'session', maxTokenTtl: null, org: 'acme', endsAt: timeFromNow(seconds) });

const byKey = sampleContext({ credential: 'api-key', maxTokenTtl: null, org: 'acme' });

const takesPasswords = ['repositories', 'bots', 'passwords'] as const;

const byPassword = (seconds: number) => ({
  ...session(seconds),
  org: null,
  capabilities: [...takesPasswords],
});

const signedOut = { state: 'signed_out', credential: null } as const;

/** Signing in by the browser, how long that lasts, and what is left of it. */
export const signInScenes = {
  bothWays: () => ({ contexts: [], service: sampleService({ methods: ['key', 'password', 'browser'] }) }),
  browserOnly: () => ({ contexts: [], service: sampleService({ methods: ['browser'], hasRegistry: false }) }),
  passwordForm: () => ({ contexts: [], service: sampleService({ methods: ['password'] }) }),
  passwordLong: () => ({
    contexts: [],
    service: sampleService({ methods: ['password'], host: longHost, name: longHost.slice(0, 60) }),
    failures: { 'passwordSignIn.signIn': { code: 'sign_in_limited', details: { retryAfterMs: 287_000 } } },
  }),
  passwordWrong: () => ({
    contexts: [],
    service: sampleService({ methods: ['password'] }),
    failures: { 'passwordSignIn.signIn': { code: 'password_wrong' } },
  }),
  passwordUnavailable: () => ({
    contexts: [],
    service: sampleService({ methods: ['password'] }),
    failures: { 'passwordSignIn.signIn': { code: 'sign_in_unavailable' } },
  }),
  passwordNew: () => ({
    contexts: [],
    service: sampleService({ methods: ['password'] }),
    passwords: { username: null, wantsNew: true },
  }),
  passwordEnded: () => ({
    contexts: [byPassword(-60)],
    passwords: { username: 'ada', wantsNew: false },
    failures: { 'bots.create': { code: 'session_expired' } },
  }),
  signedOutPassword: () => ({
    contexts: [sampleContext({ ...signedOut, maxTokenTtl: null, capabilities: ['bots', 'passwords'] })],
  }),
  browserWaiting: () => ({ browserSignIn: sampleBrowserSignIn() }),
  browserNotOpened: () => ({ browserSignIn: sampleBrowserSignIn({ opened: false }) }),
  browserElsewhere: () => ({ browserSignIn: sampleBrowserSignIn({ elsewhere: true }) }),
  browserExchanging: () => ({ browserSignIn: sampleBrowserSignIn({ phase: 'exchanging', address: null }) }),
  browserFailed: () => ({
    browserSignIn: sampleBrowserSignIn({
      phase: 'failed',
      address: null,
      failure: { code: 'sign_in_offline' },
    }),
  }),
  browserRefused: () => ({
    browserSignIn: sampleBrowserSignIn({
      phase: 'failed',
      address: null,
      host: longHost,
      failure: {
        code: 'service_refused',
        said: 'Sign-in is closed for maintenance until Monday, 08:00 UTC.',
      },
    }),
  }),
  browserDone: () => ({
    browserSignIn: sampleBrowserSignIn({
      phase: 'done',
      address: null,
      who: 'Ada Lindqvist',
      org: 'acme',
      confirmed: true,
      setUps: { podman: 'done', docker: 'not_asked' },
    }),
  }),
  browserUnconfirmed: () => ({
    browserSignIn: sampleBrowserSignIn({
      phase: 'done',
      address: null,
      who: 'Ada Lindqvist',
      org: 'acme',
      access: 'session',
    }),
  }),
  sessionLive: () => ({ contexts: [session(11 * 3600)] }),
  sessionEnded: () => ({
    contexts: [session(-60)],
    failures: { 'bots.create': { code: 'session_expired' } },
  }),
  apiKeyRefused: () => ({ contexts: [{ ...byKey, signIn: sampleSignIn('not_accepted') }] }),
  signedOutBrowser: () => ({ contexts: [sampleContext(signedOut)] }),
  signedOutBrowserOnly: () => ({ contexts: [sampleContext({ ...signedOut, maxTokenTtl: null })] }),
  apiKeyLeft: () => ({
    contexts: [byKey],
    signOut: { revocations: ['unreachable'], left: ['none'], stuck: [] },
    unrevoked: [sampleUnrevoked()],
  }),
  unrevoked: () => ({
    unrevoked: [
      sampleUnrevoked(),
      sampleUnrevoked({
        id: 'a1f0c2d4-8f0c-4a57-9c5f-0f9c2a8d1e77',
        kind: 'session',
        label: null,
        contextName: 'Production Europe (Frankfurt) primary',
        host: longHost,
        endsAt: timeFromNow(7 * 3600),
        triedAt: null,
        outcome: null,
      }),
    ],
  }),
  invited: () => ({ link: joinOf('registry.acme.example') }),
  invitedElsewhere: () => ({ link: joinOf(longHost) }),
  unknownLink: () => ({ link: { kind: 'unknown' } }),
} satisfies Readonly<Record<string, () => Partial<World>>>;

function joinOf(host: string): World['link'] {
  return { kind: 'join', origin: `https://${host}`, host, id: crypto.randomUUID() };
}
