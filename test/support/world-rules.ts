import { KeyholdError } from '../../contracts/errors.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { Role } from '../../contracts/ipc/rules.ts';
import { holdRules } from '../../contracts/permissions/decision.ts';
import { ruleLines } from '../../contracts/permissions/rule.ts';
import { timeFromNow } from './samples.ts';
import type { World } from './world.ts';

/** Sets of rules that the vault keeps. */
export interface RulesWorld {
  roles: Role[];
}

export function roleId(index: number): string {
  return `5d1f0c3e-7a44-4c1e-9b52-${String(index).padStart(12, '0')}`;
}

export function sampleRole(facts: Partial<Role> = {}): Role {
  return {
    id: roleId(1),
    name: 'Custody operator',
    text: [
      'tkeeper.key.custody-*-prod.sign',
      'tkeeper.key.custody-*-prod.verify',
      'tkeeper.key.*.public',
      'tkeeper.dkg.rotate',
      '-tkeeper.key.custody-master-*.sign',
    ].join('\n'),
    tests: [
      { operation: 'key.sign', keyId: 'custody-btc-prod', allowed: true },
      { operation: 'key.destroy', keyId: 'custody-btc-prod', allowed: false },
    ],
    changedAt: timeFromNow(-3 * 86_400),
    ...facts,
  };
}

/** Two roles: who signs, and who looks. */
export function sampleRules(): RulesWorld {
  return {
    roles: [
      sampleRole({
        id: roleId(2),
        name: 'Auditor',
        text: [
          'tkeeper.key.*.public',
          'tkeeper.key.*.verify',
          'tkeeper.audit.log.verify',
          'tkeeper.compliance.inventory',
        ].join('\n'),
        tests: [{ operation: 'key.sign', keyId: 'wallet-hot', allowed: false }],
      }),
      sampleRole(),
    ],
  };
}

/** What main answers about roles, of which no two have one name. */
export function rulesHandlers(world: World): IpcHandlers['rules'] {
  const known = (asked: string): Role => {
    const role = world.roles.find(({ id }) => id === asked);
    if (role === undefined) throw new KeyholdError('role_not_found');
    return role;
  };
  const readable = (asked: string): Role => {
    const role = known(asked);
    if (holdRules(ruleLines(role.text).map(({ text }) => text)).bad.length > 0)
      throw new KeyholdError('role_has_errors');
    return role;
  };
  return {
    roles: () => world.roles,
    saveRole: ({ roleId: asked, ...content }) => {
      const before = asked === null ? null : known(asked);
      if (world.roles.some(({ id, name }) => id !== asked && name === content.name))
        throw new KeyholdError('name_taken');
      const role: Role = {
        ...content,
        id: before?.id ?? roleId(world.roles.length + 100),
        changedAt: timeFromNow(0),
      };
      world.roles = [...world.roles.filter(({ id }) => id !== role.id), role];
      return role;
    },
    removeRole: ({ roleId: asked }) => {
      const { id: gone } = known(asked);
      world.roles = world.roles.filter(({ id }) => id !== gone);
    },
    exportRole: ({ roleId: asked, form }) => {
      const { name } = readable(asked);
      if (!world.savesAndPrints) return null;
      return { fileName: `${name}.${form === 'claim' ? 'json' : 'conf'}` };
    },
    copyRole: ({ roleId: asked }) => void readable(asked),
  };
}
