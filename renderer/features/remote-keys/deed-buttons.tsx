import type { ReactNode } from 'react';
import { permissionFor } from '../../../contracts/permissions/operations.ts';
import type { RemoteKey } from '../../../contracts/ipc/remote-keys.ts';
import { FactList } from '../../ui/fact-list.tsx';
import { Breakable } from '../../ui/breakable.tsx';
import { ReasonedButton } from '../../ui/reasoned-button.tsx';
import { SheetPart } from '../../ui/sheet.tsx';
import type { Allowance } from './allowance.ts';
import { deeds, whyNot, type Deed } from './deeds.ts';
import css from './remote-keys.module.css';

interface DeedButtonsProps {
  keyId: string;
  /** Null where nothing is known of the key. */
  known: RemoteKey | null;
  allowance: Allowance;
  /** The deed whose button has the keyboard from the start; null for none. */
  after: string | null;
  onDeed: (kind: Deed['id']) => void;
}

/** What can be done with a key; below it, which permissions are missing, and what the key's state does not let be done. */
export function DeedButtons({ keyId, known, allowance, after, onDeed }: DeedButtonsProps): ReactNode {
  const shown = deeds.map((deed) => ({ ...deed, reason: whyNot(deed, allowance, keyId, known) }));
  const missing = deeds.filter(({ operation }) => allowance(operation, keyId) !== null);
  const allowed = shown.filter((deed) => !missing.some(({ id }) => id === deed.id));
  const reasons = [...new Set(allowed.map(({ reason }) => reason).filter((reason) => reason !== null))];
  return (
    <SheetPart title="Use it">
      <div className={css['deeds']}>
        {shown.map(({ id, label, icon: Icon, reason }) => (
          <ReasonedButton
            key={id}
            icon={<Icon />}
            reason={reason}
            onClick={() => onDeed(id)}
            data-autofocus={id === after || undefined}
          >
            {label}…
          </ReasonedButton>
        ))}
      </div>
      {missing.length > 0 && (
        <p className={css['reasons']}>
          Your rules do not allow{' '}
          <Breakable>{missing.map(({ operation }) => permissionFor(operation, keyId)).join(', ')}</Breakable>.
        </p>
      )}
      {reasons.length > 0 && (
        <div className={css['reasons']}>
          <FactList
            facts={reasons.map((reason) => ({
              name: allowed
                .filter((deed) => deed.reason === reason)
                .map(({ label }) => label)
                .join(', '),
              value: <Breakable>{reason}</Breakable>,
            }))}
          />
        </div>
      )}
    </SheetPart>
  );
}
