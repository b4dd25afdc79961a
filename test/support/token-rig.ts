import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { perClient } from '../../contracts/domain/registry-client.ts';
import { fileLogger } from '../../main/adapters/logger.ts';
import { loopbackListeners } from '../../main/adapters/loopback-listeners.ts';
import { systemRandom } from '../../main/adapters/random.ts';
import { BrowserSignIn } from '../../main/core/signin/loopback/browser-sign-in.ts';
import { SignOut } from '../../main/core/signin/sign-out.ts';
import { TokenSignIn } from '../../main/core/signin/token/token-sign-in.ts';
import { ManualClock } from '../unit/main/signin/manual-clock.ts';
import { signInParts, type SignInParts } from '../unit/main/signin/sign-in-parts.ts';
import { FaultyHttp } from './faulty-http.ts';

type Signing = Parameters<TokenSignIn['signIn']>[0];

/** The app's sign-in by tokens, pasted and of a provider, with a real vault and a real listener. */
export class TokenRig {
  readonly clock: ManualClock;
  readonly http: FaultyHttp;
  readonly parts: SignInParts;
  readonly tokens: TokenSignIn;
  readonly browser: BrowserSignIn;
  readonly signOut: SignOut;
  /** Pages that the system's browser was asked to open, with the origin that they had to be of. */
  readonly opened: [link: string, origin: string][] = [];

  static async make(): Promise<TokenRig> {
    const clock = new ManualClock(new Date());
    const http = new FaultyHttp();
    return new TokenRig(clock, http, await signInParts(clock, 'info', http));
  }

  private constructor(clock: ManualClock, http: FaultyHttp, parts: SignInParts) {
    this.clock = clock;
    this.http = http;
    this.parts = parts;
    const onSignedIn = () => Promise.resolve(perClient(() => 'not_asked' as const));
    const logger = fileLogger(parts.folder, 'info');
    const base = { ...parts, http, clock, random: systemRandom, logger, onSignedIn };
    this.tokens = new TokenSignIn(base);
    this.browser = new BrowserSignIn({
      ...base,
      listeners: loopbackListeners,
      computerName: 'laptop',
      openBrowser: (link, origin) => {
        this.opened.push([link, origin]);
        return Promise.resolve(true);
      },
      raise: () => undefined,
    });
    const forget = () => Promise.resolve(perClient(() => 'none' as const));
    this.signOut = new SignOut({ ...base, browserSignIn: this.browser, registries: { forget } });
  }

  /** A context that is to be added. */
  newContext(address: string, name = 'Keeper'): Signing['target'] {
    return { kind: 'new', address, name, setUpPodman: false, setUpDocker: false };
  }

  /** Whether a text is anywhere in the files of the vault and of the log, in any way that it may be written. */
  isOnDisk(text: string): boolean {
    const bytes = Buffer.from(text);
    const hex = bytes.toString('hex');
    const spellings = [text, hex, hex.toUpperCase(), bytes.toString('base64').replace(/=+$/, '')];
    const needles = [...spellings.map((each) => Buffer.from(each)), Buffer.from(text, 'utf16le')];
    return readdirSync(this.parts.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)))
      .some((file) => needles.some((needle) => file.includes(needle)));
  }

  async dispose(): Promise<void> {
    this.browser.end();
    await this.parts.dispose();
  }
}
