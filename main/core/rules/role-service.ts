import { basename } from 'node:path';
import { roleRulesMax, rolesMax, rolesBytesMax } from '../../../contracts/domain/role.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { Role } from '../../../contracts/ipc/rules.ts';
import { readRule, ruleLines } from '../../../contracts/permissions/rule.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import { foldName } from '../contexts/context-names.ts';
import type { Clipboard, Clock, FileDialogs, Random, TextFiles } from '../ports.ts';
import type { Vault } from '../vault/vault.ts';
import { deleteRole, readRoles, writeRole } from './role-store.ts';

interface Deps {
  vault: Vault;
  activity: ActivityLog;
  clock: Pick<Clock, 'now'>;
  random: Pick<Random, 'uuid'>;
  dialogs: Pick<FileDialogs, 'save'>;
  files: Pick<TextFiles, 'writeAtomic'>;
  /** For what is no secret. */
  plainClipboard: Pick<Clipboard, 'write'>;
}

type NewRole = Pick<Role, 'name' | 'text' | 'tests'>;

/** The form of a file: the `permissions` claim of a JWT, or the dev file of a keeper. */
type RoleForm = 'claim' | 'dev-file';

/** Sets of rules under a name, in the vault. */
export class RoleService {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws KeyholdError `vault_locked`. */
  list(): Role[] {
    return readRoles(this.#deps.vault);
  }

  /**
   * Makes a role, or changes one.
   *
   * @param roleId - Null for a new one.
   * @throws KeyholdError `role_not_found`, `name_taken`; `too_many_roles`, also for more text than a backup takes;
   *   `vault_locked`.
   */
  save(roleId: string | null, content: NewRole): Role {
    const { vault, activity, clock, random } = this.#deps;
    return vault.sql().transaction(() => {
      const roles = readRoles(vault);
      if (roleId !== null && !roles.some(({ id }) => id === roleId)) throw new KeyholdError('role_not_found');
      const others = roles.filter(({ id }) => id !== roleId);
      const wanted = foldName(content.name);
      if (others.some(({ name }) => foldName(name) === wanted)) throw new KeyholdError('name_taken');
      const changedAt = clock.now().toISOString();
      const role = { id: roleId ?? random.uuid(), ...content, changedAt };
      requireRoom([...others, role]);
      writeRole(vault, role, changedAt);
      activity.append({ kind: 'role.saved', detail: content.name });
      return role;
    });
  }

  /** @throws KeyholdError `role_not_found`, `vault_locked`. */
  remove(roleId: string): void {
    const { vault, activity } = this.#deps;
    const { name } = this.#get(roleId);
    vault.sql().transaction(() => {
      deleteRole(vault, roleId);
      activity.append({ kind: 'role.removed', detail: name });
    });
  }

  /**
   * Writes a role's rules to a file that the person chooses.
   *
   * @returns Null where they chose none.
   * @throws KeyholdError `role_not_found`; `role_has_errors` for a rule that cannot be read, and for more than a token
   *   has; `vault_locked`, `storage_failed`.
   */
  async export(roleId: string, form: RoleForm): Promise<{ fileName: string } | null> {
    const { vault, activity, dialogs, files } = this.#deps;
    const { name, text } = this.#get(roleId);
    const rules = rulesOf(text);
    const path = await dialogs.save({
      title: 'Export role',
      fileName: `${fileNameOf(name)}-${form === 'claim' ? 'permissions' : 'dev'}.json`,
      extension: 'json',
    });
    if (path === null) return null;
    // The dialog may have been open for long.
    vault.requireUnlocked();
    const content = form === 'claim' ? rules : { keeper: { dev: { permissions: rules } } };
    await files.writeAtomic(path, textOf(content), 0o600);
    activity.append({ kind: 'role.exported', detail: `${name}, ${basename(path)}` });
    return { fileName: basename(path) };
  }

  /**
   * Puts a role's rules on the clipboard, as the claim has them.
   *
   * @throws KeyholdError `role_not_found`, `role_has_errors`, `vault_locked`.
   */
  copy(roleId: string): Promise<void> {
    return this.#deps.plainClipboard.write(textOf(rulesOf(this.#get(roleId).text)));
  }

  #get(roleId: string): Role {
    const role = readRoles(this.#deps.vault).find(({ id }) => id === roleId);
    if (role === undefined) throw new KeyholdError('role_not_found');
    return role;
  }
}

/** @throws KeyholdError `too_many_roles` for more than a vault has, in number or in length. */
export function requireRoom(roles: readonly Role[]): void {
  const bytes = roles.reduce((sum, role) => sum + Buffer.byteLength(JSON.stringify(role)), 0);
  if (roles.length > rolesMax || bytes > rolesBytesMax) throw new KeyholdError('too_many_roles');
}

function textOf(content: unknown): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}

function rulesOf(text: string): string[] {
  const rules = ruleLines(text).map((line) => line.text);
  const isSound = rules.length <= roleRulesMax && rules.every((rule) => readRule(rule).problem === null);
  if (!isSound) throw new KeyholdError('role_has_errors');
  return rules;
}

/** A name as part of a file's name. */
function fileNameOf(name: string): string {
  const plain = name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '');
  return plain === '' ? 'role' : plain.toLowerCase();
}
