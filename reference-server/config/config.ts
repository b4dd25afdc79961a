import { readFileSync } from 'node:fs';
import { BlockList } from 'node:net';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parse as parseYaml, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { isLoopbackHost, readAuthority } from '../../contracts/domain/origin.ts';
import { printable } from '../../contracts/domain/printable.ts';
import { parseTrustedProxies } from '../http/client-address.ts';
import type { TrustedProxies } from '../http/client-address.ts';
import { databaseUrlSchema, hasPassword } from './database-url.ts';
import { authorityOf, givenOriginSchema, isOnlyHere, listeningOrigin, originProblem } from './own-origin.ts';
import {
  artifactKeeperEnvironment,
  artifactKeeperSchema,
  artifactKeeperSettings,
} from './artifact-keeper.ts';
import type { ArtifactKeeperSettings } from './artifact-keeper.ts';
import { dialectsSchema, serverDialects } from './dialects.ts';
import type { ServerDialect } from './dialects.ts';
import { devFileSchema, joinedKeeper, keeperSchema, keeperSettings, nestedDevFile } from './keeper.ts';
import type { KeeperSettings } from './keeper.ts';
import { kisenonSchema, kisenonSettings } from './kisenon.ts';
import type { KisenonSettings } from './kisenon.ts';
import { isCertificate, ldapProblem, ldapSettings } from './ldap.ts';
import type { LdapSettings } from './ldap.ts';
import { oidcProblem, oidcSettings, ssoId } from './oidc.ts';
import type { Provider } from './provider.ts';
import { mailSchema, mailSettings } from './mail.ts';
import type { MailSettings } from './mail.ts';
import { codeOf } from '../error-code.ts';
import { issueWords } from '../http/validation-words.ts';

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

/** More than a sentence with a path in it, UTF-16 units. */
const longestProblem = 5000;

/** A setting that cannot be used; the message is one line that says which and what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  /** @param message it may hold names and values as they were found */
  constructor(message: string) {
    super(printable(message, longestProblem));
  }
}

/** 50 GiB, in MiB. */
const defaultOrgStorage = 50 * 1024;
const mebibyte = 1024 * 1024;

const logLevelSchema = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']);
type LogLevel = z.infer<typeof logLevelSchema>;

/** What flags, environment and config file can say; the names are the config file's. */
const inputSchema = z.strictObject({
  name: z.string().min(1).max(100).optional(),
  host: z.string().min(1).optional(),
  port: z.number().int().min(0).max(65_535).optional(),
  data: z.string().min(1).optional(),
  database: databaseUrlSchema.optional(),
  origin: givenOriginSchema.optional(),
  tls_cert: z.string().min(1).optional(),
  tls_key: z.string().min(1).optional(),
  require_https: z.boolean().optional(),
  log_level: logLevelSchema.optional(),
  org_storage_mib: z
    .number()
    .int()
    .min(1)
    .max(2 ** 40)
    .optional(),
  trusted_proxies: z
    .array(
      z.string().refine((entry) => parseTrustedProxies([entry]) !== null, {
        message: 'Must be an address or a network such as 10.0.0.0/8',
      }),
    )
    .optional(),
  seed: z.enum(['demo', 'large']).optional(),
  dialects: dialectsSchema.optional(),
  kisenon: kisenonSchema.optional(),
  'artifact-keeper': artifactKeeperSchema.optional(),
  keeper: keeperSchema.optional(),
  mail: mailSchema.optional(),
});
type Input = z.infer<typeof inputSchema>;

export const usage = `Usage: node reference-server/cli.ts [options]
       node reference-server/cli.ts scrub --data DIR
                     read all contents of a stopped server's registry and
                     move away those that do not have their digest

  --host ADDRESS     address to listen on (127.0.0.1)
  --port PORT        port to listen on, 0 for a free one (8970)
  --data DIR         folder for database and blobs, or :memory: (:memory:)
  --database URL     PostgreSQL database instead of a file in --data, such as
                     postgres://keyhold@db.example/keyhold; its password comes
                     from PGPASSWORD, ~/.pgpass or the config file
  --seed demo|large  load the demo organizations; large: one more, with hundreds
                     of members, projects, keys and repositories
  --dialects LIST    which APIs to serve, of keyhold,kisenon,artifact-keeper,
                     tkeeper (all)
  --tls-cert FILE    PEM certificate chain, with --tls-key
  --tls-key FILE     PEM private key, with --tls-cert
  --origin URL       origin that clients use, if not the address listened on;
                     needed where that is no client's, such as 0.0.0.0
  --log-level LEVEL  trace, debug, info, warn, error or silent (info)
  --config FILE      YAML or JSON file: name, host, port, data, database, origin,
                     tls_cert, tls_key, require_https, log_level,
                     org_storage_mib, trusted_proxies, seed, dialects, kisenon,
                     artifact-keeper, keeper, mail
  --keeper-dev-config FILE
                     YAML or JSON file of what keeper.dev has: enabled, token,
                     permissions
  --help             this text

Environment: REQUIRE_HTTPS=false allows plain HTTP off loopback, LOG_LEVEL,
DATABASE, KEEPER_AUTH_TYPE (jwt or dev); those of artifact-keeper in upper case, such as JWT_SECRET, LDAP_URL, OIDC_ISSUER.
Flags win over the environment, the environment over the config file.
`;

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

/** What the arguments say, and the files that they name. */
interface Flags {
  input: Input;
  configFile: string | undefined;
  keeperDevFile: string | undefined;
  help: boolean;
}

function readFlags(argv: readonly string[]): Flags {
  const values = parseFlags(argv);
  const { help, config, 'keeper-dev-config': keeperDevFile, ...settings } = values;
  if (settings.database !== undefined && hasPassword(settings.database)) {
    throw new ConfigError(
      'The password in --database could be read by everybody on this machine. Give it by the environment variable ' +
        'PGPASSWORD, the file ~/.pgpass or the config file.',
    );
  }
  const named = Object.fromEntries(
    Object.entries(settings).map(([flag, value]) => [flag.replace('-', '_'), fromFlag(flag, value)]),
  );
  return {
    input: parseInput(inputSchema, named, 'option'),
    configFile: config,
    keeperDevFile,
    help: help ?? false,
  };
}

function parseFlags(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        host: { type: 'string' },
        port: { type: 'string' },
        data: { type: 'string' },
        database: { type: 'string' },
        seed: { type: 'string' },
        dialects: { type: 'string' },
        'tls-cert': { type: 'string' },
        'tls-key': { type: 'string' },
        origin: { type: 'string' },
        'log-level': { type: 'string' },
        config: { type: 'string' },
        'keeper-dev-config': { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    const [sentence = ''] = error instanceof Error ? error.message.split('. ') : [];
    throw new ConfigError(`${sentence.replace(/\.$/, '')}. See --help.`);
  }
}

/** Digits of a port become a number; anything else stays text and fails the schema's check with its own message. */
function fromFlag(flag: string, value: string): number | string | string[] {
  if (flag === 'dialects') return value.split(',');
  return flag === 'port' && /^\d{1,6}$/.test(value) ? Number(value) : value;
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

function readConfigFile(file: string): Input {
  return parseInput(inputSchema, readDocument(file, 'config file'), `config file ${file}:`);
}

function readDevFile(file: string): z.output<typeof devFileSchema> {
  const content = nestedDevFile(readDocument(file, 'keeper dev config'));
  return parseInput(devFileSchema, content, `keeper dev config ${file}:`);
}

function readDocument(file: string, what: string): unknown {
  const text = readText(file, what);
  try {
    // An empty file is a file that sets nothing.
    return parseYaml(text, { logLevel: 'error' }) ?? {};
  } catch (error) {
    const [start] = error instanceof YAMLParseError ? (error.linePos ?? []) : [];
    const where = start === undefined ? '' : ` at line ${String(start.line)}, column ${String(start.col)}`;
    throw new ConfigError(`The ${what} ${file} is neither YAML nor JSON${where}. Correct it there.`);
  }
}

function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  content: unknown,
  source: string,
): z.output<Schema> {
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    throw new ConfigError(
      `In the ${source} unknown key "${printable(issue.keys.join('", "'), 100)}". See --help for the known ones.`,
    );
  }
  if (issue === undefined || issue.path.length === 0) {
    throw new ConfigError(`The settings in the ${source} must be names with values, such as port: 8970.`);
  }
  throw new ConfigError(`In the ${source} ${issueWords(issue)}. See --help.`);
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
    port: input.port ?? 8970,
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

function readKeeper({ keeper, origin }: Input, host: string): KeeperSettings {
  const settings = keeperSettings(keeper, isOnlyHere({ host, origin }));
  if (typeof settings === 'string') throw new ConfigError(settings);
  return settings;
}

function readText(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`The ${what} ${file} cannot be read (${codeOf(error)}).`);
  }
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
