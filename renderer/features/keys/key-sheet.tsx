import type { ReactNode } from 'react';
import { expiryOf, keyAges, type KeyAge } from '../../../contracts/domain/key-expiry.ts';
import type { KeySummary } from '../../../contracts/domain/key.ts';
import { keyhold } from '../../lib/api.ts';
import { exactTime } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { Sheet } from '../../ui/dialog.tsx';
import { LastUse } from '../../ui/last-use.tsx';
import { FactList, type Fact } from '../../ui/fact-list.tsx';
import { Fingerprint } from '../../ui/fingerprint.tsx';
import { toastDone } from '../../ui/toast.ts';
import { useAction } from '../../ui/use-action.ts';
import { KeyAgeSelect } from './key-age-select.tsx';
import { KeyLabelForm } from './key-label-form.tsx';
import css from './key-sheet.module.css';
import { KeyStateBadge } from './key-state-badge.tsx';
import { PublicKeySection } from './public-key-section.tsx';

interface KeySheetProps {
  /** The key to show; null closes the sheet. */
  shown: KeySummary | null;
  /** Its service said that it does not know it. */
  refused: boolean;
  /** False while the key is part of a rotation, which comes first. */
  canRevoke: boolean;
  onRevoke: () => void;
  onClose: () => void;
}

type LastActionsProps = Omit<KeySheetProps, 'shown' | 'refused'> & { shown: KeySummary };

/** Everything there is to know of one key, and what can be done with it. */
export function KeySheet({ shown, refused, canRevoke, onRevoke, onClose }: KeySheetProps): ReactNode {
  return (
    <Sheet opened={shown !== null} onClose={onClose} title={shown?.label ?? 'Key'}>
      {shown !== null && (
        <div className="kh-stack" data-gap="5" key={shown.id}>
          <div className={css['whole']}>
            <Fingerprint fingerprint={shown.fingerprint} whole />
          </div>
          <FactList facts={factsOf(shown, refused)} />
          {shown.state !== 'revoked' && (
            <>
              <KeyLabelForm shown={shown} />
              <AgeLimit shown={shown} />
            </>
          )}
          <PublicKeySection keyId={shown.id} />
          <p className="kh-dim">
            Compare the fingerprint with the one on the service’s dashboard. The picture helps to recognise it
            and proves nothing by itself.
          </p>
          <LastActions shown={shown} canRevoke={canRevoke} onRevoke={onRevoke} onClose={onClose} />
        </div>
      )}
    </Sheet>
  );
}

function time(name: string, at: string | null, without: string): Fact {
  return { name, value: at === null ? without : exactTime(at) };
}

function factsOf(shown: KeySummary, refused: boolean): Fact[] {
  return [
    { name: 'State', value: <KeyStateBadge shown={shown} refused={refused} /> },
    { name: 'Kind', value: `Ed25519, ${shown.source === 'made' ? 'made by Keyhold' : 'imported'}` },
    { name: 'Key id (kid)', value: <code className={css['takeAll']}>{shown.kid}</code> },
    time(shown.source === 'made' ? 'Created' : 'Imported', shown.createdAt, ''),
    time('Registered', shown.registeredAt, 'Not yet'),
    time('Last used', shown.lastUsedAt, 'Never'),
    ...(shown.programUse === null ? [] : [{ name: 'Programs', value: <LastUse use={shown.programUse} /> }]),
    shown.revokedAt === null
      ? time('Expires', shown.expiresAt, 'Never')
      : time('Revoked', shown.revokedAt, ''),
  ];
}

/** The age limit that a key has; undefined when it is none of those that are offered. */
function ageOf({ createdAt, expiresAt }: KeySummary): KeyAge | undefined {
  if (expiresAt === null) return null;
  return keyAges.find((age) => expiryOf(createdAt, age) === expiresAt);
}

function AgeLimit({ shown }: { shown: KeySummary }): ReactNode {
  const change = useAction(
    (age: KeyAge) => keyhold().keys.setAge({ keyId: shown.id, age }),
    () => {
      toastDone('Age limit changed');
    },
  );
  return (
    <KeyAgeSelect
      value={ageOf(shown)}
      createdAt={shown.createdAt}
      busy={change.isPending}
      onChange={change.mutate}
    />
  );
}

/** Revoking a key, and taking a revoked one off the list. */
function LastActions({ shown, canRevoke, onRevoke, onClose }: LastActionsProps): ReactNode {
  const remove = useAction(() => keyhold().keys.remove({ keyId: shown.id }), onClose);
  if (shown.state === 'revoked') {
    return (
      <div className="kh-row">
        <Button call={remove}>Remove from list</Button>
      </div>
    );
  }
  return (
    <div className="kh-row">
      <Button kind="danger" disabled={!canRevoke} onClick={onRevoke}>
        Revoke key…
      </Button>
      {!canRevoke && <p className="kh-dim">Finish or undo the rotation first.</p>}
    </div>
  );
}
