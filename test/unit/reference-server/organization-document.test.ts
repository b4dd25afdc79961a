import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { organizationActions, ruleOf } from '../../../contracts/server-api/kisenon/organization-actions.ts';
import type { OrganizationAction } from '../../../contracts/server-api/kisenon/organization-actions.ts';
import { orgRoleSchema } from '../../../contracts/server-api/primitives.ts';

const document = readFileSync(join(import.meta.dirname, '../../../docs/organizations.md'), 'utf8');

function rowOf(action: OrganizationAction): string[] {
  const { role, capabilities, scope, words } = ruleOf(action);
  const roles = orgRoleSchema.options;
  const allowed = roles.map((each) => (roles.indexOf(each) >= roles.indexOf(role) ? 'yes' : ''));
  const reach = { org: 'the organization', project: 'or the project', branch: 'or the branch' }[scope];
  return [words.charAt(0).toUpperCase() + words.slice(1), ...allowed, capabilities.join(', '), reach];
}

it('the document of organizations has the table of actions as the code has it', () => {
  const rows = document
    .split('\n')
    .filter((line) => line.startsWith('| ') && line.split('|').length === 9)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const [head, rule, ...body] = rows;
  expect(head?.slice(1, 5)).toEqual(orgRoleSchema.options);
  expect(rule?.every((cell) => /^-+$/.test(cell))).toBe(true);
  expect(body).toEqual((Object.keys(organizationActions) as OrganizationAction[]).map(rowOf));
});
