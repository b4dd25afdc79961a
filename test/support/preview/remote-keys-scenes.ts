import { sampleService, sampleStatus, timeFromNow } from '../samples.ts';
import {
  manyRemoteKeys,
  sampleClaims,
  sampleKeeper,
  sampleKeeperContext,
  sampleRemoteKey,
  sampleStanding,
  type RemoteKeysWorld,
} from '../samples-remote-keys.ts';
import { sampleBrowserSignIn } from '../world-signin.ts';
import type { World } from '../world.ts';

type Keeper = RemoteKeysWorld['keeper'];

const longUser = 'wilhelmina.christiane.von.hohenstein-rosenthal@verkehrsinfrastruktur.example';
const longHost =
  'anmeldung.identitaetsverwaltung.verkehrsinfrastruktur-berichtswesen.acme-industries.example';

const longProvider = { host: longHost, audience: `https://schluessel.${longHost}/verwaltung` };

function keeper(facts: Partial<Keeper> = {}, world: Partial<World> = {}): Partial<World> {
  return {
    contexts: [sampleKeeperContext()],
    status: sampleStatus({ identity: 'jonas.weber', org: null, role: null, key: null, programUse: null }),
    keeper: { ...sampleKeeper().keeper, ...facts },
    ...world,
  };
}

/** What may do nothing with keys but look at one, and has a rule as long as they get. */
const fewRules = [
  'tkeeper.key.custody-*.public',
  '-tkeeper.key.custody-verkehrsinfrastruktur-*.sign',
  '-tkeeper.compliance.*',
];

function service(facts: Parameters<typeof sampleService>[0] = {}) {
  return sampleService({
    ...{ name: 'Acme Custody', origin: 'https://keeper.acme.example', host: 'keeper.acme.example' },
    ...{
      methods: ['oidc', 'token'],
      provider: { host: 'login.acme.example', audience: 'https://keeper.acme.example' },
    },
    ...{ hasRegistry: false, hasDashboard: false, maxTokenTtl: null },
    ...facts,
  });
}

function found(facts: Parameters<typeof sampleService>[0] = {}, claims: Keeper['claims'] = sampleClaims()) {
  return { ...keeper({ claims }), contexts: [], service: service(facts) };
}

/** What the main process knows in the pictures of keys at a service, and of signing in there. */
export const remoteKeysScenes = {
  remoteKeys: () => keeper(),
  remoteKeysMany: () =>
    keeper({ keys: manyRemoteKeys() }, { contexts: [sampleKeeperContext({ userId: longUser })] }),
  remoteKeysEmpty: () => keeper({ keys: [] }),
  remoteKeysNoList: () =>
    keeper({
      standing: sampleStanding({ permissions: fewRules }),
      keys: [sampleRemoteKey({ keyId: 'custody-verkehrsinfrastruktur-berichtsdatenverarbeitung' })],
    }),
  remoteKeysSealed: () => keeper({ standing: sampleStanding({ state: 'SEALED' }) }),
  remoteKeysNotSetUp: () => keeper({ standing: sampleStanding({ state: 'UNINITIALIZED' }) }),
  remoteKeysFail: () =>
    keeper(
      {},
      {
        failures: {
          'remoteKeys.list': { code: 'server_unreachable' },
          'remoteKeys.create': { code: 'service_refused', details: { said: 'AUDIT_NOT_AVAILABLE' } },
        },
      },
    ),
  remoteKeysDeedsFail: () =>
    keeper(
      {},
      {
        failures: {
          'remoteKeys.sign': { code: 'keeper_sealed' },
          'remoteKeys.create': { code: 'service_refused', details: { said: 'AUDIT_NOT_AVAILABLE' } },
        },
      },
    ),
  remoteKeysLoading: () => keeper({}, { hanging: ['remoteKeys.standing'] }),
  remoteKeysSignedOut: () => ({
    contexts: [sampleKeeperContext({ state: 'signed_out', credential: null, endsAt: null })],
    service: service(),
  }),
  keeperEndsSoon: () =>
    keeper(
      { claims: sampleClaims({ subject: 'lena.brandt', permissions: ['tkeeper.key.**.sign'] }) },
      { contexts: [sampleKeeperContext({ endsAt: timeFromNow(9 * 60 + 41) })], service: service() },
    ),
  keeperEndsSoonLong: () =>
    keeper(
      {},
      {
        contexts: [sampleKeeperContext({ endsAt: timeFromNow(9 * 60 + 41), userId: longUser })],
        service: service({ provider: longProvider }),
      },
    ),
  keeperFoundChanged: () => ({
    ...found(),
    failures: { 'browserSignIn.start': { code: 'provider_changed' } },
  }),
  keeperFoundOfAnother: () => ({
    ...found(),
    failures: {
      'browserSignIn.start': {
        code: 'audience_of_another',
        details: { contextName: 'Schlüsselverwaltung Verkehrsinfrastruktur' },
      },
    },
  }),
  keeperSealed: () => keeper({ standing: sampleStanding({ state: 'SEALED' }) }),
  keeperUnreached: () => keeper({}, { failures: { 'remoteKeys.standing': { code: 'server_unreachable' } } }),
  keeperFound: () => found(),
  keeperFoundLong: () =>
    found(
      {
        provider: longProvider,
        name: 'Schlüsselverwaltung Verkehrsinfrastruktur',
      },
      sampleClaims({ subject: longUser, issuer: `https://${longHost}`, permissions: null, kid: null }),
    ),
  keeperFoundOver: () =>
    found({ methods: ['token'], provider: null }, sampleClaims({ endsAt: timeFromNow(-180) })),
  keeperFoundDev: () =>
    found({
      ...{ methods: ['dev-token'], provider: null, name: 'Keyhold reference server' },
      ...{ host: '127.0.0.1:8080', origin: 'http://127.0.0.1:8080' },
    }),
  keeperFoundDevElsewhere: () => found({ methods: ['dev-token'], provider: null }),
  keeperWaiting: () =>
    keeper(
      {},
      {
        browserSignIn: sampleBrowserSignIn({
          ...{ host: 'keeper.acme.example', serviceName: 'Acme Custody', access: 'oidc' },
          provider: { host: 'login.acme.example', audience: 'https://keeper.acme.example' },
        }),
      },
    ),
} satisfies Readonly<Record<string, () => Partial<World>>>;
