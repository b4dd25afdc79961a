import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { AuditService } from '../core/audit/audit-service.ts';

interface Deps {
  audit: AuditService;
}

export function auditHandlers({ audit }: Deps): IpcHandlers['audit'] {
  return {
    list: ({ contextId, page, ...filter }) => audit.list(contextId, filter, page),
    export: ({ contextId, format, ...filter }) => audit.export(contextId, filter, format),
    verify: ({ contextId }) => audit.verify(contextId),
  };
}
