import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { RemoteKey } from '../../../contracts/ipc/remote-keys.ts';
import { exactTime } from '../../lib/format.ts';
import { Sheet } from '../../ui/dialog.tsx';
import { FactList, type Fact } from '../../ui/fact-list.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { SheetPart } from '../../ui/sheet.tsx';
import type { Allowance } from './allowance.ts';
import type { Generation } from './key-dialog-props.ts';
import type { KeyDeed } from './key-dialogs.tsx';
import { DeedButtons } from './deed-buttons.tsx';
import { Generations } from './generations.tsx';
import { KeyState } from './key-state.tsx';
import { algorithmName, isTampered } from './key-words.ts';
import { PublicKeyPart } from './public-key-part.tsx';
import { remoteKeyQuery } from './queries.ts';

interface KeySheetProps {
  context: ContextSummary;
  keyId: string;
  /** What the list says of it, if it does. */
  listed: RemoteKey | null;
  allowance: Allowance;
  /** The deed that one comes back from: its button has the keyboard. */
  after: KeyDeed['kind'] | null;
  onDeed: (deed: KeyDeed, known: RemoteKey | null, generations: readonly Generation[]) => void;
  onClose: () => void;
}

/** What is known of a key at a service, and what can be done with it. */
export function KeySheet({ keyId, onClose, ...props }: KeySheetProps): ReactNode {
  return (
    <Sheet opened onClose={onClose} title={keyId} size={500}>
      <KeyParts {...props} keyId={keyId} />
    </Sheet>
  );
}

type KeyPartsProps = Omit<KeySheetProps, 'onClose'>;

function KeyParts({ context, keyId, listed, allowance, after, onDeed }: KeyPartsProps): ReactNode {
  const one = useQuery(remoteKeyQuery(context.id, keyId));
  const key = one.data?.key ?? listed;
  const generations = one.data?.generations ?? [];
  // Who may not see what there is may still use it.
  const isHidden = one.error?.code === 'not_allowed' && key === null;
  if (one.isPending && key === null) return <LinesSkeleton lines={6} />;
  if (key === null && !isHidden) return <ErrorNotice error={one.error} retry={() => void one.refetch()} />;
  return (
    <div className="kh-stack" data-gap="5">
      {key !== null && one.isError && <ErrorNotice error={one.error} retry={() => void one.refetch()} />}
      {isHidden && (
        <Notice tone="info" title="The service does not tell you what this key is">
          {allowance('compliance.inventory', null)} You can use it all the same, as far as your rules go.
        </Notice>
      )}
      {key !== null && isTampered(key) && (
        <Notice tone="error" title="Somebody changed the record of this key">
          It does not fit what the service itself wrote. The service does nothing with the key; tell whoever
          runs it.
        </Notice>
      )}
      <DeedButtons
        keyId={keyId}
        known={key}
        allowance={allowance}
        after={after}
        onDeed={(kind) => onDeed({ kind }, key, generations)}
      />
      {key !== null && (
        <SheetPart title="What it is">
          <FactList facts={factsOf(key)} />
        </SheetPart>
      )}
      <PublicKeyPart {...{ context, keyId, generations, allowance }} known={key} />
      {generations.length > 0 && (
        <Generations
          generations={generations}
          reason={allowance('key.destroy', keyId)}
          current={key?.generation ?? null}
          onDestroy={(generation) => onDeed({ kind: 'destroy', generation }, key, generations)}
        />
      )}
    </div>
  );
}

function factsOf(key: RemoteKey): Fact[] {
  const { algorithm, owner, applyUntil, processUntil, createdAt, updatedAt, authorities } = key;
  const timeFact = (name: string, at: string | null, none: string | null): Fact[] =>
    at === null && none === null ? [] : [{ name, value: at === null ? none : exactTime(at) }];
  return [
    { name: 'State', value: <KeyState of={key} /> },
    { name: 'Algorithm', value: algorithm === null ? 'Not known' : algorithmName(algorithm) },
    { name: 'Generation', value: String(key.generation) },
    { name: 'Owner', value: owner ?? 'None' },
    ...timeFact('Signs until', applyUntil, 'No end'),
    ...timeFact('Verifies until', processUntil, 'No end'),
    ...(authorities.length === 0 ? [] : [{ name: 'Authorities', value: authorities.join(', ') }]),
    ...timeFact('Generation made', createdAt, null),
    ...timeFact('Changed', updatedAt, null),
  ];
}
