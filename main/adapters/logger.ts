import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger as Pino } from 'pino';
import { printableJson } from '../../contracts/domain/printable.ts';
import type { Logger } from '../core/ports.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

type Line = (log: Pino) => void;

const hidden = '[hidden]';
const secretNames = ['passphrase', 'password', 'secret', 'token', 'seed', 'key', 'authorization', 'cookie'];

/** Error texts of other programs may quote a token (compact JWS, RFC 7515) that they were sent. */
function withoutTokens(text: string): string {
  return text.replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, hidden);
}

function describe(error: unknown): Record<string, string> {
  if (!(error instanceof Error)) return { message: withoutTokens(String(error)) };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const cause = error.cause instanceof Error ? { cause: withoutTokens(error.cause.message) } : {};
  const stack = withoutTokens(error.stack ?? error.message);
  return { name: error.name, message: withoutTokens(error.message), ...code, ...cause, stack };
}

async function openLog(folder: string, level: LogLevel): Promise<Pino> {
  const { pino, destination, stdTimeFunctions } = await import('pino');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = destination({ dest: join(folder, 'keyhold.log'), mode: 0o600, sync: true });
  // A full disk must not end the app.
  file.on('error', () => undefined);
  const redact = { paths: secretNames, censor: hidden };
  // Error texts of others may steer the terminal that the log is read on.
  const lines = { write: (line: string) => file.write(printableJson(line)) };
  return pino({ level, base: null, timestamp: stdTimeFunctions.isoTime, redact }, lines);
}

/** Writes lines in their order to a log that is opened with the first one. */
function lazyWriter(open: () => Promise<Pino>): (line: Line) => void {
  let log: Pino | null = null;
  let waiting: Line[] | null = null;
  return (line) => {
    if (log !== null) {
      line(log);
    } else if (waiting !== null) {
      waiting.push(line);
    } else {
      const lines = [line];
      waiting = lines;
      open().then(
        (opened) => {
          log = opened;
          for (const each of lines) each(opened);
        },
        // Without a log the app works all the same; the lines have nowhere else to go.
        () => (lines.length = 0),
      );
    }
  };
}

/**
 * Logs JSON lines to `logs/keyhold.log` in `dataFolder`, mode 0600. Fields with a secret's name and tokens in
 * texts are hidden. Nothing is loaded or opened before the first line, or ever at the level `silent`.
 */
export function fileLogger(dataFolder: string, level: LogLevel): Logger {
  const write =
    level === 'silent' ? () => undefined : lazyWriter(() => openLog(join(dataFolder, 'logs'), level));
  return {
    info: (event, facts) => write((log) => log.info(facts ?? {}, event)),
    warn: (event, facts) => write((log) => log.warn(facts ?? {}, event)),
    error: (event, error) => write((log) => log.error({ error: describe(error) }, event)),
  };
}
