import { z } from 'zod';
import type { ContextSummary } from '../../contracts/domain/context.ts';
import { KeyholdError, type ErrorCode } from '../../contracts/errors.ts';
import { limits } from '../../contracts/domain/limits.ts';
import type { LockForecast } from '../../contracts/domain/lock.ts';
import type { ActivityLog } from '../core/activity/activity-log.ts';
import type { ApprovalService } from '../core/approvals/approval-service.ts';
import type { ContextService, StoredContext } from '../core/contexts/context-service.ts';
import { foldName } from '../core/contexts/context-names.ts';
import { signInWords } from '../core/credentials/sign-in-words.ts';
import type { DoctorService } from '../core/doctor/doctor-service.ts';
import type { Terminal } from '../core/doctor/terminal-check.ts';
import { forecastWords } from '../core/lock/lock-words.ts';
import type { TokenService } from '../core/tokens/token-service.ts';
import { formatTtl } from '../core/tokens/ttl.ts';
import type { Vault } from '../core/vault/vault.ts';
import { findingLines } from './finding-lines.ts';
import { columns, done, exitCodes, failed, json, lines, type CommandAnswer } from './command-answer.ts';
import { parseWords, type CommandWords } from './command-words.ts';
import type { Asker } from './credential-service.ts';
import { refusedUse } from './refused-use.ts';

interface CommandServiceDeps {
  vault: Pick<Vault, 'status' | 'isUnlocked'>;
  contexts: ContextService;
  tokens: Pick<TokenService, 'commandToken' | 'life'>;
  approvals: Pick<ApprovalService, 'decide'>;
  activity: Pick<ActivityLog, 'list'>;
  doctor: Pick<DoctorService, 'examine'>;
  /** Locks the vault as the user would. */
  lock: () => void;
  lockForecast: () => LockForecast | null;
  version: string;
}

type Options = Parameters<typeof parseWords>[1];

interface Command {
  options: Options;
  /** Words behind the command at most. */
  names: number;
  /** Whether it works while the vault is locked. */
  whileLocked?: boolean;
  run: (words: CommandWords, asker: Asker) => CommandAnswer | Promise<CommandAnswer>;
}

/** How the script tells of the terminal that it runs in. */
const terminalOptions = [
  '--terminal',
  '--helper',
  '--registry-auth-file',
  '--docker-config',
  '--docker-auth-config',
] as const;

const usual = { ttl: '15m', entries: 20, mostEntries: 200 } as const;

const tokenRequestSchema = z.strictObject({
  context: z.string().max(limits.contextNameMax).optional(),
  ttl: z.string().max(limits.ttlTextMax).optional(),
});

/** What `keyhold` does on the command line: docs/command-line.md. The script hands its words over as they are. */
export class CommandService {
  readonly #deps: CommandServiceDeps;
  readonly #commands: Readonly<Record<string, Command>> = {
    status: { options: ['--json'], names: 0, whileLocked: true, run: (words) => this.#status(words) },
    token: {
      options: ['--context', '--ttl', '--header', '--json'],
      names: 0,
      run: (words, asker) => this.#token(words, asker),
    },
    contexts: { options: ['--json'], names: 2, run: (words) => this.#contexts(words) },
    doctor: {
      options: ['--json', ...terminalOptions],
      names: 0,
      run: (words) => this.#doctor(words),
    },
    lock: { options: [], names: 0, whileLocked: true, run: () => this.#lock() },
    // For the shells' completion: one name a line.
    completions: { options: [], names: 1, run: () => done(this.#names()) },
    history: { options: ['--limit', '--json'], names: 0, run: (words) => this.#history(words) },
  };

  constructor(deps: CommandServiceDeps) {
    this.#deps = deps;
  }

  /** Runs a command by its words. What goes wrong as expected is part of the answer. */
  async run(words: readonly string[], asker: Asker): Promise<CommandAnswer> {
    const [name = '', ...rest] = words;
    const command = Object.hasOwn(this.#commands, name) ? this.#commands[name] : undefined;
    if (command === undefined) {
      return usage(
        name.startsWith('-')
          ? `keyhold does not know the option ${name} in the place of a command.`
          : `keyhold does not know the command ${name}.`,
      );
    }
    const parsed = parseWords(rest, command.options);
    if (typeof parsed === 'string') {
      return usage(command.names > 0 ? `${parsed} Before a name that begins with a dash, write --.` : parsed);
    }
    const excess = parsed.names[command.names];
    if (excess !== undefined) {
      const quotes = command.names > 0 ? ' Write a name that has spaces in quotes.' : '';
      return usage(`keyhold ${name} does not take the word ${excess}.${quotes}`);
    }
    return await this.#guarded(command.whileLocked === true, () => command.run(parsed, asker));
  }

  /** `POST /v1/token`: as the command with `--json`. */
  async token(body: string, asker: Asker): Promise<CommandAnswer> {
    const request = tokenRequestSchema.safeParse(parseJson(body));
    if (!request.success) return usage('Send {"context":"NAME","ttl":"15m"}, or {}.');
    const { context, ttl } = request.data;
    return await this.#guarded(false, () => this.#mint(context, ttl ?? usual.ttl, 'json', asker));
  }

  async #guarded(
    whileLocked: boolean,
    work: () => CommandAnswer | Promise<CommandAnswer>,
  ): Promise<CommandAnswer> {
    if (!whileLocked && !this.#deps.vault.isUnlocked) return this.#notOpen();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof KeyholdError)) throw error;
      return this.#explain(error);
    }
  }

  #status({ options }: CommandWords): CommandAnswer {
    const { state } = this.#deps.vault.status();
    const { contexts } = this.#deps;
    const stored = state === 'unlocked' ? contexts.current() : null;
    const current = stored && contexts.summary(stored.id);
    const answering = current === null ? null : contexts.accounts.of(current.host);
    const exitCode = state === 'unlocked' ? exitCodes.done : exitCodes.locked;
    const locks = this.#deps.lockForecast();
    if (options.has('--json')) {
      const context =
        current === null ? null : { ...describe(current, answering?.id ?? null), signIn: current.signIn };
      return done(json({ version: this.#deps.version, vault: state, locks, context }), exitCode);
    }
    const account = answering === null ? 'no account chosen' : `as ${answering.name}`;
    const rows = [
      ['Vault', state],
      ...(state === 'unlocked' ? [['Locks', forecastWords(locks)]] : []),
      ['Context', current === null ? '-' : `${current.name} (${current.userId} at ${current.host})`],
      ['Sign-in', current === null ? '-' : signInWords(current)],
      ...(current?.hasRegistry === true ? [['Registry', `${current.host}, ${account}`]] : []),
      ['Version', this.#deps.version],
    ];
    return done(columns(rows), exitCode);
  }

  #token({ options }: CommandWords, asker: Asker): CommandAnswer | Promise<CommandAnswer> {
    if (options.has('--json') && options.has('--header')) return usage('Use --header or --json, not both.');
    const form = options.has('--json') ? 'json' : options.has('--header') ? 'header' : 'raw';
    return this.#mint(options.get('--context'), options.get('--ttl') ?? usual.ttl, form, asker);
  }

  async #mint(
    name: string | undefined,
    ttl: string,
    form: 'raw' | 'header' | 'json',
    asker: Asker,
  ): Promise<CommandAnswer> {
    const context = this.#named(name);
    const program = asker.caller?.program ?? null;
    const life = this.#deps.tokens.life(context.id, ttl);
    const decision = await this.#deps.approvals.decide({ context, purpose: 'token', life, ...asker });
    if (decision === 'locked') return this.#notOpen();
    if (decision !== 'allowed') {
      const who = program ?? 'this program';
      return refusedUse(decision, who, context.name);
    }
    const { token, claims } = await this.#deps.tokens.commandToken(context.id, ttl, program);
    if (form === 'raw') return done(token);
    if (form === 'header') return done(`Authorization: Bearer ${token}`);
    const expiresAt = new Date(claims.exp * 1000).toISOString();
    return done(
      json({ token, context: context.name, userId: context.userId, audience: claims.aud, expiresAt }),
    );
  }

  #contexts({ names, options }: CommandWords): CommandAnswer {
    const [action = 'list', name] = names;
    if (action === 'set' && name !== undefined) {
      const context = this.#named(name);
      this.#deps.contexts.setCurrent(context.id);
      return done(lines([`${context.name} is the current context.`]));
    }
    if (action !== 'list' || name !== undefined)
      return usage('Use: keyhold contexts [list], keyhold contexts set NAME.');
    const all = this.#deps.contexts.list();
    const choices = this.#deps.contexts.accounts.choices();
    const chosen = (host: string): string | null => choices.get(host) ?? null;
    if (options.has('--json')) return done(json(all.map((one) => describe(one, chosen(one.host)))));
    if (all.length === 0) return done('There is no context yet. Open Keyhold and add one.');
    return done(
      columns(
        all.map((one) => [
          ...[one.current ? '*' : ' ', one.name, one.userId, one.host, one.state],
          chosen(one.host) === one.id ? 'answers' : '',
        ]),
      ),
    );
  }

  async #doctor({ options }: CommandWords): Promise<CommandAnswer> {
    const findings = await this.#deps.doctor.examine(terminalOf(options));
    const broken = findings.some(({ state }) => state === 'broken');
    const exitCode = broken ? exitCodes.failed : exitCodes.done;
    if (options.has('--json')) return done(json(findings), exitCode);
    return done(lines(findings.flatMap(findingLines)), exitCode);
  }

  #names(): string {
    return lines(this.#deps.contexts.list().map(({ name }) => name));
  }

  #lock(): CommandAnswer {
    this.#deps.lock();
    return done('');
  }

  #history({ options }: CommandWords): CommandAnswer {
    const limit = Number(options.get('--limit') ?? usual.entries);
    if (!Number.isInteger(limit) || limit < 1 || limit > usual.mostEntries) {
      return usage(`--limit takes a number from 1 to ${String(usual.mostEntries)}.`);
    }
    const { entries } = this.#deps.activity.list({ before: null, limit });
    if (options.has('--json')) return done(entries.map(json).join('\n'));
    return done(
      columns(
        entries.map(({ at, kind, contextName, detail }) => [at, kind, contextName ?? '-', detail ?? '']),
      ),
    );
  }

  /** @throws KeyholdError `context_not_found` */
  #named(name: string | undefined): StoredContext {
    const { contexts } = this.#deps;
    if (name === undefined) {
      const current = contexts.current();
      if (current === null) throw new KeyholdError('context_not_found');
      return current;
    }
    const found = contexts.list().find((context) => foldName(context.name) === foldName(name));
    if (found === undefined) throw new KeyholdError('context_not_found');
    return contexts.get(found.id);
  }

  #notOpen(): CommandAnswer {
    const { state } = this.#deps.vault.status();
    if (state === 'locked' || state === 'unlocked') {
      return failed(
        exitCodes.locked,
        'vault_locked',
        'Keyhold is locked. Unlock it and run the command again.',
      );
    }
    return failed(
      exitCodes.locked,
      `vault_${state}`,
      'Keyhold has no vault that it can open. Open Keyhold to see what to do.',
    );
  }

  #explain({ code, details }: KeyholdError): CommandAnswer {
    if (code === 'vault_locked') return this.#notOpen();
    if (code === 'invalid_ttl') {
      const longest = formatTtl(details?.maxSeconds ?? 0);
      return usage(
        `--ttl takes a life such as 15m or 1h30m, from ${formatTtl(limits.ttlMin)} to ${longest}.`,
      );
    }
    const message = explanations[code] ?? 'Keyhold could not do this. Open Keyhold to see what is wrong.';
    return failed(exitCodes.failed, code, message);
  }
}

const explanations: Partial<Record<ErrorCode, string>> = {
  context_not_found: 'There is no such context. See them with: keyhold contexts',
  key_not_registered:
    'The key of this context is not registered. Open Keyhold and finish adding the context.',
  key_expired: 'The key of this context has expired. Open Keyhold and rotate it on the Keys page.',
  signs_in_otherwise: 'This context does not sign in with a key, and only keys make tokens.',
  api_key_expired: 'The API key of this context has ended. Open Keyhold and sign in again.',
  pasted_expired: 'The token of this context has ended. Open Keyhold and sign in again.',
  session_expired: 'The session of this context has ended. Open Keyhold and sign in again.',
};

/** Null for a program that asks the agent itself. */
function terminalOf(options: CommandWords['options']): Terminal | null {
  if (!options.has('--terminal')) return null;
  return {
    helper: options.get('--helper') ?? null,
    registryAuthFile: options.get('--registry-auth-file') ?? null,
    dockerConfig: options.get('--docker-config') ?? null,
    dockerAuthConfig: options.has('--docker-auth-config'),
  };
}

function usage(message: string): CommandAnswer {
  return failed(exitCodes.usage, 'usage', `${message} See: keyhold --help`);
}

function parseJson(text: string): unknown {
  try {
    return text.trim() === '' ? {} : JSON.parse(text);
  } catch {
    return null;
  }
}

/** @param chosen - The id of the account that answers for the context's host. */
function describe(context: ContextSummary, chosen: string | null): object {
  const { name, host, userId, state, current } = context;
  return { name, host, userId, state, current, answers: context.id === chosen };
}
