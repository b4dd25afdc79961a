import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { stringify } from 'yaml';
import { ConfigError } from '../../reference-server/config/config-error.ts';
import { loadSettings, type ServerSettings } from '../../reference-server/config/config.ts';
import { runCases } from './run-cases.ts';
import type { SoakPart, Tally } from './tally.ts';

/** What a setting may be, by its name in the config file, and what it must not be. */
interface Pool {
  good: readonly unknown[];
  bad: readonly unknown[];
}

const noText = ['', 7, true, null, [], {}, ['a']];
const pools: Readonly<Record<string, Pool>> = {
  name: { good: ['Acme keys', 'x'.repeat(100), 'a: b # c'], bad: [...noText, 'x'.repeat(101)] },
  host: { good: ['127.0.0.1', '::1', 'localhost'], bad: noText },
  port: { good: [0, 1, 8970, 65_535], bad: [-1, 65_536, 0.5, '8970', 'http', Infinity, null, true, [], {}] },
  data: { good: [':memory:', 'data', '/srv/keyhold'], bad: noText },
  origin: {
    good: ['https://keyhold.example', 'http://127.0.0.1:8970'],
    bad: [...noText, 'keyhold.example', 'https://a b'],
  },
  require_https: { good: [true, false], bad: ['true', 'yes', 1, null, []] },
  log_level: { good: ['trace', 'warn', 'silent'], bad: [...noText, 'loud', 'WARN'] },
  org_storage_mib: { good: [1, 51_200, 2 ** 40], bad: [0, -1, 0.5, 2 ** 40 + 1, '1', Infinity, null] },
  trusted_proxies: {
    good: [[], ['10.0.0.0/8'], ['::1', '192.0.2.1']],
    bad: ['10.0.0.1', ['proxy'], ['10.0.0.0/33'], [7], [''], null, {}],
  },
  seed: { good: ['demo'], bad: [...noText, 'Demo'] },
};
/** Names that no setting has: they are refused, and told in words that fit on a line. */
const unknownNames = [
  'prot',
  '__proto__',
  'constructor',
  'a\nb',
  '\u001b[2J',
  '‮x',
  'x'.repeat(1200),
  ' port',
];
const flagged = ['host', 'port', 'data', 'seed', 'origin', 'log_level'] as const;

type Setting = readonly [name: string, value: unknown, isGood: boolean];

function allOf(names: readonly string[], kind: keyof Pool): Setting[] {
  return names.flatMap((name) =>
    (pools[name]?.[kind] ?? []).map((value): Setting => [name, value, kind === 'good']),
  );
}

/** Mostly good settings, one for each name. */
function settingsOf(good: readonly Setting[], bad: readonly Setting[]): fc.Arbitrary<Setting[]> {
  const setting = fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...good) },
    { weight: 1, arbitrary: fc.constantFrom(...bad) },
  );
  return fc.uniqueArray(setting, { maxLength: 4, selector: ([name]) => name });
}

const names = Object.keys(pools);
const unknown = unknownNames.map((name): Setting => [name, 'x', false]);
const flags = allOf(flagged, 'good');
/** Of flags every value is a text. */
const badFlags = allOf(flagged, 'bad').filter(([, value]) => typeof value === 'string' && value !== '8970');

const layouts = ['block', 'flow', 'json', 'tabbed json'] as const;

const settingsCase = fc.record({
  file: settingsOf(allOf(names, 'good'), [...allOf(names, 'bad'), ...unknown]),
  layout: fc.constantFrom(...layouts),
  noise: fc.option(
    fc.record({
      at: fc.nat(),
      length: fc.nat(6),
      text: fc.oneof(
        fc.constantFrom(
          ':',
          '\n',
          '- ',
          '[',
          '{',
          '"',
          '&a ',
          '*a',
          '!!js/function ',
          '<<: ',
          '%',
          '\t',
          '---\n',
          '\0',
        ),
        fc.string({ unit: 'binary', maxLength: 6 }),
      ),
    }),
    { freq: 2 },
  ),
  flags: settingsOf(flags, badFlags),
  env: fc.record({
    REQUIRE_HTTPS: fc.constantFrom(undefined, 'true', 'false', ...Array<undefined>(12), 'no'),
    LOG_LEVEL: fc.constantFrom(...Array<undefined>(12), 'error', 'loud'),
  }),
});
type SettingsCase = typeof settingsCase extends fc.Arbitrary<infer T> ? T : never;

function textOf(file: readonly Setting[], layout: (typeof layouts)[number]): string {
  // Not an object: `__proto__` has to get into the file.
  const value = new Map(file.map(([name, setting]) => [name, setting]));
  const json = (indent?: string): string =>
    `{${file.map(([name, setting]) => `${JSON.stringify(name)}:${JSON.stringify(setting, null, indent)}`).join(',')}}`;
  switch (layout) {
    case 'block':
      return file.length === 0 ? '' : stringify(value);
    case 'flow':
      return stringify(value, { collectionStyle: 'flow' });
    case 'json':
      return json();
    case 'tabbed json':
      return json('\t');
  }
}

const wordsOf = (flags: readonly Setting[]): string[] =>
  flags.map(([name, value]) => `--${name.replace('_', '-')}=${String(value)}`);

const last = (settings: readonly Setting[]): Record<string, unknown> =>
  Object.fromEntries(settings.map(([name, value]) => [name, value]));

/** What comes out when every value is good: flags before environment before file before what goes without saying. */
function expected({ file, flags, env }: SettingsCase): Partial<ServerSettings> | 'refused' {
  const { REQUIRE_HTTPS: https, LOG_LEVEL: level } = env;
  const isGood = [...flags, ...file].every(([, , good]) => good) && https !== 'no' && level !== 'loud';
  if (!isGood) return 'refused';
  const said: Record<string, unknown> = {
    ...last(file),
    ...(level === undefined ? {} : { log_level: level }),
    ...last(flags),
  };
  const { data = ':memory:' } = said as { data?: string };
  return {
    name: 'Keyhold reference server',
    host: '127.0.0.1',

    origin: undefined,
    seed: undefined,
    ...said,
    port: Number(said['port'] ?? 8970),
    dataDir: data === ':memory:' ? data : resolve(data),
    logLevel: (said['log_level'] ?? 'info') as ServerSettings['logLevel'],
    orgStorage: Number(said['org_storage_mib'] ?? 51_200) * 2 ** 20,
  };
}

/** Of what is expected, the part that settings tell of. */
function told(settings: Partial<ServerSettings>): unknown[] {
  const { name, host, port, dataDir, origin, logLevel, orgStorage, seed } = settings;
  return [name, host, port, dataDir, origin, logLevel, orgStorage, seed];
}

function load(argv: readonly string[], env: NodeJS.ProcessEnv): ServerSettings | ConfigError {
  try {
    const settings = loadSettings(argv, env);
    if (settings === 'help') throw new Error('nobody asked for the usage text');
    return settings;
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

/** One line that a terminal shows as it is, and that somebody can read. */
function requireOneLine({ message }: ConfigError): void {
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(message) || message.length > 1000) {
    throw new Error(`this is not one line: ${JSON.stringify(message)}`);
  }
}

/** Of a file that is changed at random, all that can be said: what comes out is in its bounds. */
function requireBounds(settings: ServerSettings): void {
  const { name, host, port, origin, orgStorage } = settings;
  const isSound =
    [name, host].every((text) => typeof text === 'string' && text !== '') &&
    Number.isInteger(port) &&
    port >= 0 &&
    port <= 65_535 &&
    (origin === undefined || /^https?:\/\/[^\s/?#@]+$/.test(origin)) &&
    orgStorage >= 2 ** 20 &&
    orgStorage <= 2 ** 60 &&
    Object.getPrototypeOf(settings) === Object.prototype &&
    !('x' in {});
  if (!isSound) throw new Error(`these settings are out of bounds: ${JSON.stringify(settings)}`);
}

function checkCase(given: SettingsCase, path: string, tally: Tally): void {
  const { file, layout, noise, flags } = given;
  const text = textOf(file, layout);
  const start = noise === null ? 0 : noise.at % (text.length + 1);
  // A file that is written over is flushed to the disk at once by ext4; a new one is not.
  rmSync(path, { force: true });
  writeFileSync(
    path,
    noise === null ? text : text.slice(0, start) + noise.text + text.slice(start + noise.length),
  );
  const env = Object.fromEntries(Object.entries(given.env).filter(([, value]) => value !== undefined));
  const result = load([...wordsOf(flags), '--config', path], env);
  if (result instanceof ConfigError) requireOneLine(result);
  else requireBounds(result);
  const outcome = result instanceof ConfigError ? 'refused' : 'taken';
  tally.count(noise === null ? outcome : `with noise ${outcome}`);
  if (noise !== null) return;
  const wanted = expected(given);
  if (
    result instanceof ConfigError
      ? wanted !== 'refused'
      : wanted === 'refused' || !isDeepStrictEqual(told(result), told(wanted))
  ) {
    throw new Error(`${JSON.stringify(result)} instead of ${JSON.stringify(wanted)} of\n${text}`);
  }
}

/** Flags, environment and config file of the server. */
export const serverSettings: SoakPart = {
  name: 'settings',
  count: 1_000_000,
  run: async (count, tally) => {
    const folder = mkdtempSync(join(tmpdir(), 'keyhold-settings-'));
    try {
      const path = join(folder, 'server.yaml');
      await runCases({ count, tally }, settingsCase, (given) => {
        checkCase(given, path, tally);
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
