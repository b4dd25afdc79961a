import { roleNameMax } from '../../../contracts/domain/role.ts';
import type { Role } from '../../../contracts/ipc/rules.ts';
import { foldName } from '../contexts/context-names.ts';
import type { Random } from '../ports.ts';
import type { Vault } from '../vault/vault.ts';
import { requireRoom } from './role-service.ts';
import { readRoles, writeRole } from './role-store.ts';

/**
 * Adds the roles of a backup that the vault has not, under a name that is free; what the vault has stays. To be run in a
 * transaction.
 *
 * @throws KeyholdError `too_many_roles`.
 */
export function addRoles(deps: { vault: Vault; random: Random }, roles: readonly Role[]): void {
  const { vault, random } = deps;
  const present = readRoles(vault);
  for (const role of roles) {
    if (present.some((own) => isSame(own, role) && (own.id === role.id || isNamedAlike(own, role)))) continue;
    const id = present.some((own) => own.id === role.id) ? random.uuid() : role.id;
    const added = { ...role, id, name: freeName(role.name, present) };
    writeRole(vault, added, role.changedAt);
    present.push(added);
  }
  requireRoom(present);
}

/** Whether both say the same, whatever they are called. */
function isSame(one: Role, other: Role): boolean {
  return one.text === other.text && JSON.stringify(one.tests) === JSON.stringify(other.tests);
}

function isNamedAlike(one: Pick<Role, 'name'>, other: Pick<Role, 'name'>): boolean {
  return foldName(one.name) === foldName(other.name);
}

/** The name itself, or the first of `name 2`, `name 3` … that is free, never longer than a name may be. */
function freeName(wanted: string, taken: readonly Role[]): string {
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? '' : ` ${String(number)}`;
    const name = `${shortened(wanted, roleNameMax - suffix.length)}${suffix}`;
    if (!taken.some((role) => isNamedAlike(role, { name }))) return name;
  }
}

/** By characters, not code units: half of one would be no name. */
function shortened(name: string, most: number): string {
  const kept = Array.from(name);
  while (kept.join('').length > most) kept.pop();
  return kept.join('').trimEnd();
}
