import type { ReactNode } from 'react';
import type { ApiTokenSummary } from '../../../contracts/ipc/api-tokens.ts';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold } from '../../lib/api.ts';
import { useNow } from '../../lib/use-now.ts';
import { DeedDialog } from '../../ui/deed-dialog.tsx';
import { lastUseWords } from '../api-keys/key-words.ts';
import { apiTokensQuery } from './queries.ts';

interface RevokeTokenDialogProps {
  context: ContextSummary;
  token: ApiTokenSummary;
  onClose: () => void;
}

/** Ends an API token: says what used it last, which stops working. */
export function RevokeTokenDialog({ context, token, onClose }: RevokeTokenDialogProps): ReactNode {
  const now = useNow(15_000);
  return (
    <DeedDialog
      title={`Revoke “${token.name}”?`}
      action="Revoke token"
      run={() => keyhold().apiTokens.revoke({ contextId: context.id, id: token.id })}
      done={[`Revoked “${token.name}”`]}
      stale={[apiTokensQuery(context.id).queryKey]}
      onClose={onClose}
    >
      <p>
        The token {token.prefix}… was {lastUseWords(token, now)}
        {token.lastUse === null ? '.' : ': what uses it stops working at once.'} This cannot be undone.
      </p>
    </DeedDialog>
  );
}
