import type { ReactNode } from 'react';
import type { ApiKeySummary } from '../../../contracts/ipc/api-keys.ts';
import { keyhold } from '../../lib/api.ts';
import { useNow } from '../../lib/use-now.ts';
import { DeedDialog } from '../../ui/deed-dialog.tsx';
import type { InOrgPlace } from '../orgs/in-org.tsx';
import { lastUseWords } from './key-words.ts';
import { apiKeysQuery } from './queries.ts';

interface RevokeKeyDialogProps extends InOrgPlace {
  shown: ApiKeySummary;
  onClose: () => void;
}

/** Ends an API key: says what used it last, which stops working. */
export function RevokeKeyDialog({ context, shown, onClose }: RevokeKeyDialogProps): ReactNode {
  const now = useNow(15_000);
  return (
    <DeedDialog
      title={`Revoke “${shown.name}”?`}
      action="Revoke key"
      run={() => keyhold().apiKeys.revoke({ contextId: context.id, id: shown.id })}
      done={[`Revoked “${shown.name}”`]}
      stale={[apiKeysQuery(context).queryKey]}
      onClose={onClose}
    >
      <p>
        The key {shown.prefix}… was {lastUseWords(shown, now)}
        {shown.lastUse === null ? '.' : ': what uses it stops working at once.'} Keys that were made with it
        end as well. This cannot be undone.
      </p>
    </DeedDialog>
  );
}
