import type { FastifyBaseLogger } from 'fastify';
import { ConfigError } from '../../config/config-error.ts';
import type { JwtAuth } from '../../config/keeper.ts';
import { readKeySet } from './key-set.ts';
import type { KeySet, SetKey } from './key-set.ts';
import { readSource } from './read-source.ts';

type Log = Pick<FastifyBaseLogger, 'warn' | 'info'>;

/** How reading the key set went. */
export interface JwksState {
  /** When the keys that count were read. */
  loadedAt: Date;
  keys: number;
  /** The last time, where it failed: the keys of before count. */
  failed: { at: Date; problem: string } | null;
}

/** A key set of somebody else that is read at start and anew from time to time. */
export class Jwks {
  readonly #source: JwtAuth['jwks'];
  readonly #now: () => Date;
  readonly #log: Log;
  readonly #stop = new AbortController();
  readonly #watchers: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #text = '';
  #keys: KeySet = new Map();
  #state: JwksState;
  #running: Promise<void> | null = null;

  private constructor(source: JwtAuth['jwks'], now: () => Date, log: Log) {
    [this.#source, this.#now, this.#log] = [source, now, log];
    this.#state = { loadedAt: now(), keys: 0, failed: null };
  }

  /**
   * Reads the set for the first time, and from then on as often as the settings say.
   *
   * @throws ConfigError where there is none, or none with a key that can be used.
   */
  static async open({ jwks, refreshSeconds }: JwtAuth, now: () => Date, log: Log): Promise<Jwks> {
    const opened = new Jwks(jwks, now, log);
    const problem = await opened.#read();
    const lacking = ![...opened.#keys.values()].some(({ algorithms }) => algorithms.length > 0)
      ? 'it has no key that can be used'
      : null;
    if (problem !== null || lacking !== null) {
      const where = 'file' in jwks ? jwks.file : jwks.url;
      throw new ConfigError(
        `The key set ${where} of keeper.auth.jwt.jwks-location cannot be used: ${problem ?? lacking ?? ''}.`,
      );
    }
    opened.#schedule(refreshSeconds * 1000);
    return opened;
  }

  get state(): JwksState {
    return this.#state;
  }

  /** The key of an id; null where there is none, or none that can be used. */
  find(kid: string): SetKey | null {
    return this.#keys.get(kid) ?? null;
  }

  /** Calls back whenever the keys are others. */
  onChange(watch: () => void): void {
    this.#watchers.push(watch);
  }

  /** Reads the set anew. Where that fails, the keys of before stay. */
  refresh(): Promise<void> {
    this.#running ??= this.#refresh().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Ends what goes on. */
  async stop(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      void this.refresh().then(() => {
        if (!this.#stop.signal.aborted) this.#schedule(milliseconds);
      });
    }, milliseconds).unref();
  }

  async #refresh(): Promise<void> {
    const before = this.#state.failed;
    const problem = await this.#read();
    if (this.#stop.signal.aborted) return;
    if (problem !== null) this.#log.warn({ problem }, 'the key set of the keeper could not be read anew');
    else if (before !== null) this.#log.info('the key set of the keeper could be read again');
  }

  /** @returns What is wrong, or null. */
  async #read(): Promise<string | null> {
    try {
      const text = await readSource(this.#source, this.#stop.signal);
      const keys = text === this.#text ? this.#keys : readKeySet(text);
      const changed = text !== this.#text;
      [this.#text, this.#keys] = [text, keys];
      this.#state = { loadedAt: this.#now(), keys: keys.size, failed: null };
      if (changed) this.#watchers.forEach((watch) => watch());
      return null;
    } catch (error) {
      const problem = error instanceof Error ? error.message : 'unknown error';
      this.#state = { ...this.#state, failed: { at: this.#now(), problem } };
      return problem;
    }
  }
}
