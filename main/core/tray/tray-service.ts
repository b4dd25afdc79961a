import { KeyholdError, type ErrorCode } from '../../../contracts/errors.ts';
import type { ApprovalService } from '../approvals/approval-service.ts';
import type { SecretClipboard } from '../clipboard/secret-clipboard.ts';
import type { ContextService } from '../contexts/context-service.ts';
import type { LockController } from '../lock/lock-controller.ts';
import { lockRuleWords } from '../lock/lock-words.ts';
import type { Logger, TrayPresence } from '../ports.ts';
import type { SecuritySettingsStore } from '../settings/security-settings.ts';
import type { TokenService } from '../tokens/token-service.ts';
import type { Vault } from '../vault/vault.ts';
import { mostContexts, trayMenu, type TrayAction, type TrayMenu, type TrayState } from './tray-menu.ts';

/** The picture and menu beside the clock. Main/electron shows it where the desktop has such a place. */
export interface TrayView {
  /** Puts the picture up, anew if it was there. `onAction` is called for each click. */
  put(onAction: (action: TrayAction) => void): void;
  remove(): void;
  /** What to show from now on, whenever the picture is up. */
  show(menu: TrayMenu): void;
  /** A short message by the desktop's own means; says nothing where it has none. */
  tell(title: string, text: string): void;
}

interface TrayServiceDeps {
  view: TrayView;
  presence: TrayPresence;
  vault: Vault;
  contexts: ContextService;
  tokens: TokenService;
  approvals: Pick<ApprovalService, 'decide'>;
  clipboard: SecretClipboard;
  lock: LockController;
  security: Pick<SecuritySettingsStore, 'current' | 'onChange'>;
  logger: Logger;
  /** Brings the window to the front. */
  openWindow: () => void;
  quit: () => void;
  /** A copy failed: the window, brought to the front, says why. */
  onFailure: (code: ErrorCode) => void;
}

type CopyAction = Extract<TrayAction, { do: 'copy' }>;

const pausedWords =
  'You said no to the tray three times. It asks again after ten minutes, or once you lock and unlock Keyhold. The window can make the token now.';

/** Keeps the tray's menu true and does what is clicked there. */
export class TrayService {
  readonly #deps: TrayServiceDeps;
  /** The entries that the person is being asked about. */
  readonly #asking = new Set<string>();

  constructor(deps: TrayServiceDeps) {
    this.#deps = deps;
    const update = (): void => this.#update();
    deps.vault.onChange(update);
    deps.security.onChange(update);
    deps.contexts.onChange(update);
    deps.contexts.signIns.onChange(update);
    deps.presence.onChange(() => this.#place());
  }

  /** Shows the tray now if there is a place for it, and whenever there comes to be one. */
  start(): void {
    this.#update();
    this.#place();
  }

  /** Does what a click asks for. Never throws: what fails is told in the window. */
  async act(action: TrayAction): Promise<void> {
    const { lock, openWindow, quit } = this.#deps;
    switch (action.do) {
      case 'copy':
        await this.#tried(() => this.#copy(action));
        break;
      case 'choose':
        await this.#tried(() => {
          this.#deps.vault.requireUnlocked();
          this.#deps.contexts.setCurrent(action.contextId);
        });
        break;
      case 'lock':
        lock.lock('tray');
        break;
      case 'open':
        openWindow();
        break;
      case 'quit':
        quit();
        break;
    }
  }

  /** A click here may as well be a message of another program on the desktop's bus: where that asks, so does this. */
  async #copy(action: CopyAction): Promise<void> {
    const { contextId, ttl, form } = action;
    const { tokens, clipboard, contexts, view } = this.#deps;
    // A desktop may show an old menu for a moment.
    this.#deps.vault.requireUnlocked();
    if (!(await this.#isAllowed(action))) return;
    const { tokenId } = await tokens.mint(contextId, ttl, 'tray');
    await clipboard.copy(tokens.text(tokenId, form));
    const what = form === 'curl' ? 'curl command' : 'Token';
    const { name } = contexts.get(contextId);
    view.tell(
      `${what} copied`,
      `${name}, valid for ${ttl}. It leaves the clipboard in ${clipboard.seconds} s.`,
    );
  }

  /** Of clicks on the same entry while the person is asked, the first one counts. */
  async #isAllowed({ contextId, ttl, form }: CopyAction): Promise<boolean> {
    const { tokens, contexts, approvals } = this.#deps;
    const entry = `${contextId} ${ttl} ${form}`;
    if (this.#asking.has(entry)) return false;
    this.#asking.add(entry);
    try {
      const request = { context: contexts.get(contextId), life: tokens.life(contextId, ttl), caller: null };
      const decision = await approvals.decide({ ...request, purpose: 'tray_copy' });
      // A person's own click may follow those of a program that was denied.
      if (decision === 'paused') this.#deps.view.tell('Nothing copied', pausedWords);
      return decision === 'allowed';
    } finally {
      this.#asking.delete(entry);
    }
  }

  async #tried(work: () => Promise<void> | void): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#deps.logger.error('tray.action_failed', error);
      this.#deps.openWindow();
      this.#deps.onFailure(error instanceof KeyholdError ? error.code : 'internal');
    }
  }

  #place(): void {
    const { view, presence } = this.#deps;
    if (!presence.present) {
      view.remove();
      return;
    }
    view.put((action) => void this.act(action));
  }

  #update(): void {
    this.#deps.view.show(trayMenu(this.#state()));
  }

  #state(): TrayState {
    const { vault, contexts, security } = this.#deps;
    const { state } = vault.status();
    const shown = state === 'unlocked' ? contexts.some(mostContexts) : { contexts: [], more: 0 };
    return { vault: state, locking: lockRuleWords(security.current), ...shown };
  }
}
