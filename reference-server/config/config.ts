import { BlockList } from 'node:net';
import { resolve } from 'node:path';
import { isLoopbackHost, readAuthority } from '../../contracts/domain/origin.ts';
import { parseTrustedProxies } from '../http/client-address.ts';
import type { TrustedProxies } from '../http/client-address.ts';
import { artifactKeeperEnvironment, artifactKeeperSettings } from './artifact-keeper.ts';
import type { ArtifactKeeperSettings } from './artifact-keeper.ts';
import { ConfigError } from './config-error.ts';
import { serverDialects } from './dialects.ts';
import type { ServerDialect } from './dialects.ts';
import { readConfigFile, readDevFile, readText } from './documents.ts';
import { readFlags } from './flags.ts';
import { inputSchema, parseInput } from './input.ts';
import type { Input, LogLevel } from './input.ts';
import { callbackProblem, joinedKeeper, keeperSettings } from './keeper.ts';
import type { KeeperSettings } from './keeper.ts';
import { kisenonSettings } from './kisenon.ts';
import type { KisenonSettings } from './kisenon.ts';
import { isCertificate, ldapProblem, ldapSettings } from './ldap.ts';
import type { LdapSettings } from './ldap.ts';
import { mailSettings } from './mail.ts';
import type { MailSettings } from './mail.ts';
import { oidcProblem, oidcSettings, ssoId } from './oidc.ts';
import { authorityOf, isOnlyHere, listeningOrigin, originProblem } from './own-origin.ts';
import type { Provider } from './provider.ts';

/** Everything that can be set from outside, checked. */
export interface ServerSettings {
  /** What people see, also in discovery. */
  name: string;
  /** Address to listen on. */
  host: string;
  /** Port to listen on; 0 takes a free one. */
  port: number;
  /** Absolute path of the folder of the database and blobs, or `:memory:`. */
  dataDir: string;
  /** `postgres://…` of the database; undefined for a SQLite file in the data folder. */
  database: string | undefined;
  /** The origin that clients use, when it is not the address listened on (a certificate's name, a proxy). */
  origin: string | undefined;
  /** PEM texts. */
  tls: { cert: string; key: string } | undefined;
  logLevel: LogLevel;
  /** What each organization may keep in the registry, in bytes. */
  orgStorage: number;
  /** Proxies whose `X-Forwarded-For` says where a request comes from. */
  trustedProxies: TrustedProxies;
  seed: 'demo' | 'large' | undefined;
  /** The forms of API that there are addresses for. */
  dialects: readonly ServerDialect[];
  kisenon: KisenonSettings;
  artifactKeeper: ArtifactKeeperSettings;
  keeper: KeeperSettings;
  /** Null where the server is to send no mail. */
  mail: MailSettings | null;
}

/** The settings and the folders made ready for them. */
export interface ServerConfig extends ServerSettings {
  /** Folder for blobs: `<dataDir>/blobs`, or with `:memory:` a temporary folder that is removed at stop. */
  blobDir: string;
}

const defaultPort = 8970;
/** 50 GiB, in MiB. */
const defaultOrgStorage = 50 * 1024;
const mebibyte = 1024 * 1024;

/**
 * Reads the settings from flags, environment and config file, in this order of rank.
 *
 * @param argv - The arguments after the script's name.
 * @returns The settings, or `help` when the usage text was asked for.
 * @throws ConfigError naming the setting that cannot be used.
 */
export function loadSettings(argv: readonly string[], env: NodeJS.ProcessEnv): ServerSettings | 'help' {
  const flags = readFlags(argv);
  if (flags.help) return 'help';
  const file = flags.configFile === undefined ? {} : readConfigFile(flags.configFile);
  const environment = readEnvironment(env);
  const [inFile, inEnvironment] = [file['artifact-keeper'], environment['artifact-keeper']];
  const ldap = { ...inFile?.ldap, ...inEnvironment?.ldap };
  const oidc = { ...inFile?.oidc, ...inEnvironment?.oidc };
  const devFile = flags.keeperDevFile === undefined ? undefined : readDevFile(flags.keeperDevFile);
  const keeper = joinedKeeper(file.keeper, environment.keeper, devFile?.keeper);
  const artifactKeeper = { ...inFile, ...inEnvironment, ldap, oidc };
  return check({ ...file, ...environment, ...flags.input, keeper, 'artifact-keeper': artifactKeeper });
}

function readEnvironment(env: NodeJS.ProcessEnv): Input {
  const requireHttps = env['REQUIRE_HTTPS'];
  const logLevel = env['LOG_LEVEL'];
  const database = env['DATABASE'];
  const keeperAuth = env['KEEPER_AUTH_TYPE'];
  if (requireHttps !== undefined && requireHttps !== 'true' && requireHttps !== 'false') {
    throw new ConfigError('The environment variable REQUIRE_HTTPS must be true or false.');
  }
  return parseInput(
    inputSchema,
    {
      ...(requireHttps === undefined ? {} : { require_https: requireHttps === 'true' }),
      ...(logLevel === undefined ? {} : { log_level: logLevel }),
      ...(database === undefined ? {} : { database }),
      'artifact-keeper': artifactKeeperEnvironment(env),
      ...(keeperAuth === undefined ? {} : { keeper: { auth: { type: keeperAuth } } }),
    },
    'environment variable for',
  );
}

function check(input: Input): ServerSettings {
  const host = listenHost(input.host ?? '127.0.0.1');
  const tls = readTls(input);
  if (tls === undefined && !isLoopbackHost(authorityOf(host)) && input.require_https !== false) {
    throw new ConfigError(
      `Refusing to serve plain HTTP on ${host}: give --tls-cert and --tls-key, ` +
        'or set REQUIRE_HTTPS=false where a proxy in front of the server does TLS.',
    );
  }
  const dataDir = input.data === undefined || input.data === ':memory:' ? ':memory:' : resolve(input.data);
  if (input.database !== undefined && dataDir === ':memory:') {
    throw new ConfigError(
      'The database outlives the server, so what it says of contents must too: give the folder for them with --data.',
    );
  }
  const listened = listeningOrigin({ host, secure: tls !== undefined });
  if (input.origin === undefined && originProblem(listened) !== null) {
    throw new ConfigError(
      `No app would find the server by ${listened}: give the origin that apps use with --origin, ` +
        'such as https://keyhold.example.',
    );
  }
  return {
    name: input.name ?? 'Keyhold reference server',
    host,
    port: input.port ?? defaultPort,
    dataDir,
    database: input.database,
    origin: input.origin,
    tls,
    logLevel: input.log_level ?? 'info',
    orgStorage: (input.org_storage_mib ?? defaultOrgStorage) * mebibyte,
    trustedProxies: parseTrustedProxies(input.trusted_proxies ?? []) ?? new BlockList(),
    seed: input.seed,
    dialects: input.dialects ?? serverDialects,
    kisenon: kisenonSettings(input.kisenon),
    artifactKeeper: artifactKeeperSettings(input['artifact-keeper'], readLdap(input), readOidc(input)),
    keeper: readKeeper(input, host),
    mail: mailSettings(input.mail),
  };
}

function readTls(input: Input): { cert: string; key: string } | undefined {
  if (input.tls_cert === undefined && input.tls_key === undefined) return undefined;
  if (input.tls_cert === undefined || input.tls_key === undefined) {
    throw new ConfigError('TLS needs both --tls-cert and --tls-key.');
  }
  return { cert: readText(input.tls_cert, 'TLS certificate'), key: readText(input.tls_key, 'TLS key') };
}

function readLdap({ 'artifact-keeper': { ldap = {} } = {} }: Input): LdapSettings | null {
  if (Object.keys(ldap).length === 0) return null;
  const problem = ldapProblem(ldap);
  if (problem !== null) throw new ConfigError(problem);
  const { ca_file: file } = ldap;
  const ca = file === undefined ? undefined : readText(file, 'certificate of the directory');
  if (ca !== undefined && !isCertificate(ca)) {
    throw new ConfigError(`The certificate of the directory ${String(file)} is none in PEM form.`);
  }
  return ldapSettings(ldap, ca);
}

function readOidc({ 'artifact-keeper': { oidc = {} } = {}, kisenon, origin }: Input): Provider | null {
  if (Object.keys(oidc).length === 0) return null;
  const problem = oidcProblem(oidc, origin);
  if (problem !== null) throw new ConfigError(problem);
  if (kisenon?.providers?.some(({ id }) => id === ssoId)) {
    throw new ConfigError(
      `The provider of artifact-keeper.oidc has the id ${ssoId}: give the other one another id.`,
    );
  }
  return oidcSettings(oidc);
}

function readKeeper({ keeper, origin, port, tls_cert: cert }: Input, host: string): KeeperSettings {
  const settings = keeperSettings(keeper, isOnlyHere({ host, origin }));
  if (typeof settings === 'string') throw new ConfigError(settings);
  // Port 0 is any: then only who asks for it knows the origin.
  const listened =
    port === 0 ? null : listeningOrigin({ host, port: port ?? defaultPort, secure: cert !== undefined });
  const problem = callbackProblem(settings, origin ?? listened);
  if (problem !== null) throw new ConfigError(problem);
  return settings;
}

/**
 * The address to listen on, in its one spelling: `LOCALHOST` and `0:0:0:0:0:0:0:1` are this computer as well.
 *
 * @throws ConfigError for what is no host.
 */
function listenHost(text: string): string {
  const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  const address = readAuthority('http', authorityOf(bare));
  if (address === null || address.host !== address.hostname) {
    throw new ConfigError(
      'The option "host" must be an address or a name to listen on, such as 127.0.0.1 or ::1. See --help.',
    );
  }
  return address.hostname.replace(/^\[(.*)\]$/, '$1');
}
