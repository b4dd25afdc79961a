import { useState, type ReactNode } from 'react';
import type { RemoteKey } from '../../../contracts/ipc/remote-keys.ts';
import { keyhold } from '../../lib/api.ts';
import { dateField } from '../../lib/ends.ts';
import { DeedDialog } from '../../ui/deed-dialog.tsx';
import { EndFields, endsOf, firstEnds, type EndValues } from './end-fields.tsx';
import type { KeyDialogProps } from './key-dialog-props.ts';
import { keeperKey } from './queries.ts';

const words = {
  rotate: {
    title: (keyId: string) => `Rotate ${keyId}?`,
    action: 'Rotate key',
    done: (keyId: string) => `Rotated ${keyId}`,
    text: 'The service makes a new generation with new key material. From then on that one signs and encrypts, and its public key is another: give it to whoever verifies or encrypts by themselves. What earlier generations signed or were encrypted to stays good until they are destroyed.',
  },
  refresh: {
    title: (keyId: string) => `Refresh ${keyId}?`,
    action: 'Refresh key',
    done: (keyId: string) => `Refreshed ${keyId}`,
    text: 'The service makes a new generation whose public key stays the same: it keeps the key in a new form, and nobody who verifies or encrypts notices.',
  },
} as const;

/** Makes a new generation of a key; one whose time is over is given another end. */
export function RenewDialog({
  context,
  keyId,
  known,
  mode,
  onClose,
}: KeyDialogProps & { mode: keyof typeof words }): ReactNode {
  const { title, action, done, text } = words[mode];
  const [now] = useState(Date.now);
  const [ends, setEnds] = useState(() => (known === null ? null : newEnds(known, now)));
  return (
    <DeedDialog
      title={title(keyId)}
      action={action}
      harmless
      run={() =>
        keyhold().remoteKeys.renew({
          ...{ contextId: context.id, keyId, mode },
          ends: ends === null ? null : endsOf(ends),
        })
      }
      done={[done(keyId)]}
      stale={[keeperKey(context.id)]}
      onClose={onClose}
    >
      <p>{text}</p>
      {ends !== null && (
        <>
          <p>
            The time of this key is over. Say how long it is good from now on: that holds for its earlier
            generations, too.
          </p>
          <EndFields
            values={ends}
            inputProps={(field) => ({
              value: ends[field],
              onChange: ({ currentTarget: { value } }: { currentTarget: { value: string } }) => {
                setEnds({ ...ends, [field]: value });
              },
            })}
            now={now}
          />
        </>
      )}
    </DeedDialog>
  );
}

/** What is proposed for a key whose time is over; null for another, whose ends stay. */
function newEnds({ state, processUntil }: RemoteKey, now: number): EndValues | null {
  if (state !== 'EXPIRED' && state !== 'APPLY_EXPIRED') return null;
  const first = firstEnds(now);
  if (processUntil === null) return { ...first, apply: '365' };
  const processDate = [first.processDate, dateField(Date.parse(processUntil))].sort().at(-1) ?? '';
  return { ...first, apply: '365', process: 'date', processDate };
}
