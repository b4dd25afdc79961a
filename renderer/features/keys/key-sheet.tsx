import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import type { KeySummary } from '../../../contracts/domain/key.ts';
import { FactList } from '../../ui/fact-list.tsx';
import { Fingerprint } from '../../ui/fingerprint.tsx';
import { exactTime } from '../../lib/format.ts';
import css from './keys-page.module.css';

interface KeySheetProps {
  /** The key to show; null closes the sheet. */
  shown: KeySummary | null;
  onClose: () => void;
}

/** Everything there is to know of one key. */
export function KeySheet({ shown, onClose }: KeySheetProps): ReactNode {
  return (
    <Drawer opened={shown !== null} onClose={onClose} title={shown?.label ?? 'Key'} size={440}>
      {shown !== null && (
        <div className={css['sheet']}>
          <div className={css['whole']}>
            <Fingerprint fingerprint={shown.fingerprint} whole />
          </div>
          <FactList
            facts={[
              { name: 'Kind', value: 'Ed25519' },
              { name: 'Key id (kid)', value: <code className={css['takeAll']}>{shown.kid}</code> },
              { name: 'Created', value: exactTime(shown.createdAt) },
              {
                name: 'Registered',
                value: shown.registeredAt === null ? 'Not yet' : exactTime(shown.registeredAt),
              },
              { name: 'Last used', value: shown.lastUsedAt === null ? 'Never' : exactTime(shown.lastUsedAt) },
            ]}
          />
          <p className="kh-dim">
            Compare the fingerprint with the one on the service’s dashboard. The picture helps to recognise it
            and proves nothing by itself.
          </p>
        </div>
      )}
    </Drawer>
  );
}
