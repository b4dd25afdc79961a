import { parseArgs } from 'node:util';
import { ConfigError } from './config-error.ts';
import { hasPassword } from './database-url.ts';
import { inputSchema, parseInput } from './input.ts';
import type { Input } from './input.ts';

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

/** What the arguments say, and the files that they name. */
interface Flags {
  input: Input;
  configFile: string | undefined;
  keeperDevFile: string | undefined;
  help: boolean;
}

/** @throws ConfigError for what is no option, or no value of one. */
export function readFlags(argv: readonly string[]): Flags {
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
