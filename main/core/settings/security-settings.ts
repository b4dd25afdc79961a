import {
  defaultSecuritySettings,
  securitySettingsSchema,
  type SecuritySettings,
} from '../../../contracts/domain/settings.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import type { Cancel, Listener, Logger, Sql } from '../ports.ts';
import { Listeners } from '../lib/listeners.ts';
import type { Vault } from '../vault/vault.ts';
import type { SettingsStore } from './settings-store.ts';
import { changeWords, weakens } from './security-words.ts';
import { withoutGaps } from './without-gaps.ts';

interface SecuritySettingsDeps {
  vault: Vault;
  activity: Pick<ActivityLog, 'append'>;
  logger: Logger;
  /** Says what settings.json has of them: that of an earlier version, or one that somebody has written. */
  file: Pick<SettingsStore, 'earlier' | 'dropEarlier'>;
}

/** What counts while nobody knows what was chosen: the vault is locked, or its settings cannot be read. */
const strict: SecuritySettings = { ...defaultSecuritySettings, askBeforeUse: true };

const storedSchema = securitySettingsSchema.strip().partial();

/**
 * The settings that protect. They are authenticated rows of the vault, so that nobody who can write files changes them
 * unseen; each change is in the activity log. docs/adr/0008-desktop-signals-and-settings.md.
 */
export class SecuritySettingsStore {
  readonly #deps: SecuritySettingsDeps;
  readonly #changed: Listeners;
  /** Read once for each time that the vault is open. */
  #current: SecuritySettings | null = null;

  constructor(deps: SecuritySettingsDeps) {
    this.#deps = deps;
    this.#changed = new Listeners(deps.logger);
    const { vault } = deps;
    vault.onEvent(({ kind }) => {
      // A new vault has its own from the beginning: no file is asked.
      if (kind !== 'vault.created') return;
      vault.sql().transaction(() => write(vault.sql(), defaultSecuritySettings));
    });
    vault.onChange(() => {
      this.#current = null;
      if (vault.isUnlocked && isEmpty(vault.sql())) this.#takeOver();
    });
  }

  get current(): SecuritySettings {
    if (!this.#deps.vault.isUnlocked) return strict;
    return (this.#current ??= read(this.#deps.vault.sql()));
  }

  /**
   * Changes some of them.
   *
   * @param change checked by the contract's schema
   * @throws KeyholdError `vault_locked`, `storage_failed`; nothing has changed then
   */
  change(change: Partial<SecuritySettings>): void {
    this.#write(change, this.current, '');
    this.#changed.tell();
  }

  /** Calls `listener` after each change. */
  onChange(listener: Listener): Cancel {
    return this.#changed.add(listener);
  }

  /** Once, for a vault from before it had any: what the file says counts, and the log says what that is. */
  #takeOver(): void {
    const { file } = this.#deps;
    const taken = { ...defaultSecuritySettings, ...file.earlier };
    this.#write(taken, defaultSecuritySettings, ', taken over from settings.json');
    file.dropEarlier();
  }

  #write(change: Partial<SecuritySettings>, before: SecuritySettings, source: string): void {
    const { vault, activity } = this.#deps;
    const sql = vault.sql();
    const after = { ...before, ...change };
    sql.transaction(() => {
      write(sql, change);
      for (const name of namesOf(change)) {
        const words = changeWords(name, before, after);
        if (words === null) continue;
        const kind = weakens(name, before, after) ? 'settings.weakened' : 'settings.changed';
        activity.append({ kind, detail: words + source });
      }
    });
    this.#current = null;
  }
}

function namesOf(change: Partial<SecuritySettings>): (keyof SecuritySettings)[] {
  return securitySettingsSchema.keyof().options.filter((name) => change[name] !== undefined);
}

function isEmpty(sql: Sql): boolean {
  return sql.get('SELECT 1 FROM security_settings') === undefined;
}

function read(sql: Sql): SecuritySettings {
  const rows = sql.all<{ name: string; value: string }>('SELECT name, value FROM security_settings');
  const stored: unknown = Object.fromEntries(
    rows.map(({ name, value }) => [name, JSON.parse(value) as unknown]),
  );
  const known = storedSchema.safeParse(stored).data;
  if (known === undefined || rows.length === 0) return strict;
  // What an earlier version did not know has its default.
  return { ...defaultSecuritySettings, ...withoutGaps(known) };
}

function write(sql: Sql, settings: Partial<SecuritySettings>): void {
  for (const name of namesOf(settings)) {
    sql.run(
      `INSERT INTO security_settings (name, value) VALUES (?, ?)
       ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
      ...[name, JSON.stringify(settings[name])],
    );
  }
}
