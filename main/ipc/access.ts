import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { AccessLists } from '../core/access/access-lists.ts';
import type { AccessService } from '../core/access/access-service.ts';
import type { BatchService } from '../core/access/batch-service.ts';
import type { CredentialAccess } from '../core/access/credential-access.ts';

interface Deps {
  access: AccessService;
  lists: AccessLists;
  batches: BatchService;
  credentials: CredentialAccess;
}

export function accessHandlers({ access, lists, batches, credentials }: Deps): IpcHandlers['access'] {
  return {
    organizations: async ({ contextId }) => ({ organizations: await access.organizations(contextId) }),
    sides: (place) => access.sides(place),
    cells: ({ principals, repositories, used, ...place }) =>
      access.cells(place, { principals, repositories, used }),
    explain: ({ contextId, principal, repository }) => access.explain(contextId, principal, repository),
    explainCredential: ({ contextId, credential, repository }) =>
      credentials.explain(contextId, credential, repository),
    credentialCan: ({ contextId, credential }) => credentials.can(contextId, credential),
    whoCan: ({ repository, ...place }) => lists.whoCan(place, repository),
    whatCan: ({ principal, ...place }) => lists.whatCan(place, principal),
    preview: ({ changes, ...place }) => access.preview(place, changes),
    apply: ({ changes, version, key, ...place }) => batches.apply(place, { changes, version, key }),
    batches: async (place) => ({ batches: await batches.batches(place) }),
    undo: ({ batchId, ...place }) => batches.undo(place, batchId),
  };
}
