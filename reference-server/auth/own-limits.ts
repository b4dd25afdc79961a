import type { FoundApiKey } from '../identity/api-keys.ts';
import type { FoundApiToken } from '../identity/api-tokens.ts';
import type { ApiKeyLimits, ApiTokenLimits } from './caller.ts';

/** What an API key is good for: whoever signs in with it, and whoever asks about it. */
export function limitsOfApiKey({ key, org, targets }: FoundApiKey): ApiKeyLimits {
  const projects = new Set(targets.projectIds);
  const branches = new Set(targets.branchIds);
  const scope = {
    org: { kind: 'org' },
    project: { kind: 'project', projects },
    branch: { kind: 'branch', branches, projects },
  } as const;
  return { kind: 'api-key', org, scope: scope[key.scope_kind], capability: key.capability };
}

/** What an API token is good for: whoever signs in with it, and whoever asks about it. */
export function limitsOfApiToken({ scopes, repositories }: FoundApiToken): ApiTokenLimits {
  return { kind: 'api-token', scopes, repositories };
}
