import { browserAccessOf } from '../../contracts/domain/browser-access.ts';
import type { BrowserAccess } from '../../contracts/domain/browser-access.ts';
import type { OrgRole } from '../../contracts/server-api/primitives.ts';
import { ruleOf } from '../../contracts/server-api/kisenon/organization-actions.ts';
import type { ServerDialect } from '../config/dialects.ts';

/** The least role in an organization that a person needs to let a program sign in there. */
export function leastRoleFor(access: BrowserAccess): OrgRole {
  switch (access) {
    case 'api-key':
      return ruleOf('api-keys:create').role;
    case 'session':
    case 'token-pair':
      return 'viewer';
  }
}

/** What a server that speaks these APIs can let programs have by browser. */
export function browserAccessAt(dialects: readonly ServerDialect[]): BrowserAccess[] {
  return browserAccessOf({
    kisenon: dialects.includes('kisenon'),
    artifactKeeper: dialects.includes('artifact-keeper'),
  });
}
