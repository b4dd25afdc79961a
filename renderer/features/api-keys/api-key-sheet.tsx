import type { ReactNode } from 'react';
import type { ApiKeySummary } from '../../../contracts/ipc/api-keys.ts';
import { exactTime } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { Sheet } from '../../ui/dialog.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Item, ItemList, ItemNote, SheetPart } from '../../ui/sheet.tsx';
import { CredentialAccess } from '../access/why/credential-can.tsx';
import type { InOrgPlace } from '../orgs/in-org.tsx';
import { whyNot } from '../orgs/rights.ts';
import { capabilityName, keySentence } from './key-words.ts';
import { mayChange } from './may-change.ts';

interface ApiKeySheetProps extends InOrgPlace {
  /** The key to show; null closes the sheet. */
  shown: ApiKeySummary | null;
  onRevoke: (key: ApiKeySummary) => void;
  onClose: () => void;
}

/** What an API key may do, who made it, and what used it last. */
export function ApiKeySheet({ shown, onClose, ...props }: ApiKeySheetProps): ReactNode {
  return (
    <Sheet opened={shown !== null} onClose={onClose} title={shown?.name ?? 'API key'}>
      {shown !== null && <Facts {...props} shown={shown} />}
    </Sheet>
  );
}

function Facts({
  context,
  acting,
  org,
  shown,
  onRevoke,
}: Omit<ApiKeySheetProps, 'onClose'> & { shown: ApiKeySummary }) {
  const now = useNow(60_000);
  const { lastUse } = shown;
  return (
    <div className="kh-stack" data-gap="5">
      {shown.inert ? (
        <Notice tone="warning" title="It can do nothing any more">
          Everything that it was for is deleted. Revoke it and make a new one.
        </Notice>
      ) : (
        <p>{keySentence(shown, org.slug, now)}</p>
      )}
      <FactList
        facts={[
          { name: 'Begins with', value: <code>{shown.prefix}</code> },
          { name: 'Capability', value: capabilityName(shown.capability) },
          { name: 'Acts as', value: shown.own ? `You (${shown.creator})` : shown.creator },
          { name: 'Made', value: exactTime(shown.createdAt) },
          { name: 'Ends', value: shown.expiresAt === null ? 'Never' : exactTime(shown.expiresAt) },
          { name: 'Last used', value: lastUse === null ? 'Never' : exactTime(lastUse.at) },
          ...(lastUse === null
            ? []
            : [
                { name: 'From', value: lastUse.address ?? 'An unknown address' },
                { name: 'By', value: <Breakable>{lastUse.program ?? 'An unknown program'}</Breakable> },
              ]),
        ]}
      />
      {shown.scope.kind !== 'org' && (
        <SheetPart title={shown.scope.kind === 'project' ? 'Projects' : 'Branches'}>
          <ItemList label="What it is for">
            {shown.scope.targets.map(({ id, name }) => (
              <Item key={id} name={name ?? 'Deleted'} notes={<ItemNote>{id}</ItemNote>}>
                {null}
              </Item>
            ))}
          </ItemList>
        </SheetPart>
      )}
      <CredentialAccess context={context} credential={`api-key:${shown.id}`} name={shown.name} />
      {mayChange(acting, shown) ? (
        <div className="kh-row">
          <Button kind="danger" onClick={() => onRevoke(shown)}>
            Revoke key…
          </Button>
        </div>
      ) : (
        <p className="kh-dim">{whyNot(acting, shown.own ? 'api-keys:manage' : 'api-keys:manage-all')}</p>
      )}
    </div>
  );
}
