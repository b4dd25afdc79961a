import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { ApiTokenSummary } from '../../../contracts/ipc/api-tokens.ts';
import { exactTime } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { Sheet } from '../../ui/dialog.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { Notice } from '../../ui/notice.tsx';
import { CredentialAccess } from '../access/why/credential-can.tsx';
import { reachName, scopeName, tokenSentence } from './token-words.ts';

interface TokenSheetProps {
  context: ContextSummary;
  /** The token to show; null closes the sheet. */
  token: ApiTokenSummary | null;
  onRevoke: (token: ApiTokenSummary) => void;
  onClose: () => void;
}

/** What an API token may do, and what used it last. */
export function TokenSheet({ token, onClose, ...props }: TokenSheetProps): ReactNode {
  return (
    <Sheet opened={token !== null} onClose={onClose} title={token?.name ?? 'API token'}>
      {token !== null && <Facts {...props} token={token} />}
    </Sheet>
  );
}

function Facts({
  context,
  token,
  onRevoke,
}: Omit<TokenSheetProps, 'onClose'> & { token: ApiTokenSummary }): ReactNode {
  const now = useNow(60_000);
  const { scopes, repositoryCount, expiresAt, expired, lastUse } = token;
  return (
    <div className="kh-stack" data-gap="5">
      {expired ? (
        <Notice tone="warning" title="It has ended">
          It opens nothing any more. Revoke it to take it off the list.
        </Notice>
      ) : (
        <p>{tokenSentence(scopes, repositoryCount, expiresAt, now)}</p>
      )}
      <FactList
        facts={[
          { name: 'Begins with', value: <code>{token.prefix}</code> },
          { name: 'May', value: scopes.map(scopeName).join(', ') },
          { name: 'In', value: reachName(repositoryCount) },
          { name: 'Made', value: exactTime(token.createdAt) },
          { name: 'Ends', value: expiresAt === null ? 'Never' : exactTime(expiresAt) },
          { name: 'Last used', value: lastUse === null ? 'Never' : exactTime(lastUse.at) },
          ...(lastUse === null
            ? []
            : [
                { name: 'From', value: lastUse.address ?? 'An unknown address' },
                { name: 'By', value: <Breakable>{lastUse.program ?? 'An unknown program'}</Breakable> },
              ]),
        ]}
      />
      <CredentialAccess context={context} credential={`api-token:${token.id}`} name={token.name} />
      <div className="kh-row">
        <Button kind="danger" onClick={() => onRevoke(token)}>
          Revoke token…
        </Button>
      </div>
    </div>
  );
}
