import type { CliAccess } from '../../contracts/server-api/kisenon/loopback.ts';
import type { OrgRole } from '../../contracts/server-api/primitives.ts';
import { ruleOf } from '../../contracts/server-api/kisenon/organization-actions.ts';

/** The least role in an organization that a person needs to let a program sign in there. */
export function leastRoleFor(access: CliAccess): OrgRole {
  switch (access) {
    case 'api-key':
      return ruleOf('api-keys:create').role;
    case 'session':
      return 'viewer';
  }
}
