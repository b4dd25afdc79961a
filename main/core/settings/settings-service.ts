import {
  securitySettingsSchema,
  windowSettingsSchema,
  type Settings,
} from '../../../contracts/domain/settings.ts';
import type { SettingsView } from '../../../contracts/ipc/settings.ts';
import type { ApprovalService } from '../approvals/approval-service.ts';
import type { LoginItem } from '../ports.ts';
import type { SecuritySettingsStore } from './security-settings.ts';
import type { SettingsStore } from './settings-store.ts';
import { withoutGaps } from './without-gaps.ts';

interface SettingsServiceDeps {
  store: SettingsStore;
  security: SecuritySettingsStore;
  approvals: Pick<ApprovalService, 'confirm'>;
  loginItem: LoginItem;
  hasTray: () => boolean;
}

const securityPart = securitySettingsSchema.strip().partial();
const windowPart = windowSettingsSchema.strip().partial();

/** The settings together with what the system keeps of them, for the window. */
export class SettingsService {
  readonly #deps: SettingsServiceDeps;

  constructor(deps: SettingsServiceDeps) {
    this.#deps = deps;
  }

  /** @throws KeyholdError `storage_failed` when the system's part cannot be read */
  async view(): Promise<SettingsView> {
    const { store, security, loginItem, hasTray } = this.#deps;
    return {
      settings: { ...security.current, ...store.current },
      startAtLogin: await loginItem.isOn(),
      tray: hasTray(),
      setAside: store.setAside,
    };
  }

  /**
   * Changes some settings. Main asks the person before programs are no longer asked about.
   *
   * @throws KeyholdError `storage_failed`, `not_confirmed`, `vault_locked`; nothing has changed then
   */
  async change(change: Partial<Settings>): Promise<SettingsView> {
    const { store, security, approvals } = this.#deps;
    if (security.current.askBeforeUse && change.askBeforeUse === false) {
      await approvals.confirm({ kind: 'stop_asking' });
    }
    const protecting = withoutGaps(securityPart.parse(change));
    if (Object.keys(protecting).length > 0) security.change(protecting);
    const rest = withoutGaps(windowPart.parse(change));
    if (Object.keys(rest).length > 0) await store.change(rest);
    return await this.view();
  }

  /** @throws KeyholdError `storage_failed`; nothing has changed then */
  async setStartAtLogin(on: boolean): Promise<SettingsView> {
    await this.#deps.loginItem.set(on);
    return await this.view();
  }
}
