import { useQuery } from '@tanstack/react-query';
import { useState, type ChangeEvent, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { RemoteKey } from '../../../contracts/ipc/remote-keys.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Fingerprint } from '../../ui/fingerprint.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { SheetPart } from '../../ui/sheet.tsx';
import type { Allowance } from './allowance.ts';
import { GenerationField, generationOf } from './generation-field.tsx';
import type { Generation } from './key-dialog-props.ts';
import { Base64Result } from './base64-result.tsx';
import { isTampered } from './key-words.ts';
import { remotePublicKeyQuery } from './queries.ts';

interface PublicKeyPartProps {
  context: ContextSummary;
  keyId: string;
  known: RemoteKey | null;
  generations: readonly Generation[];
  allowance: Allowance;
}

/** The public key in use, or that of an earlier generation, for those who may see it. */
export function PublicKeyPart(props: PublicKeyPartProps): ReactNode {
  const { context, keyId, known, generations, allowance } = props;
  const [chosen, setChosen] = useState('');
  const reason = allowance('key.public', keyId);
  const hasNone = known !== null && (known.state === 'DESTROYED' || isTampered(known));
  const query = useQuery({
    ...remotePublicKeyQuery(context.id, keyId, generationOf(chosen)),
    enabled: reason === null && !hasNone,
  });
  if (hasNone) return null;
  return (
    <SheetPart title="Public key">
      {reason !== null && (
        <p className="kh-dim">
          <Breakable>{reason}</Breakable>
        </p>
      )}
      {reason === null && (
        <GenerationField
          generations={generations}
          inputProps={{
            value: chosen,
            onChange: ({ currentTarget }: ChangeEvent<HTMLSelectElement>) => {
              setChosen(currentTarget.value);
            },
          }}
        />
      )}
      {query.isError && <ErrorNotice error={query.error} retry={() => void query.refetch()} />}
      {query.isLoading && <LinesSkeleton lines={3} />}
      {query.data !== undefined && (
        <>
          <Fingerprint fingerprint={query.data.fingerprint} whole />
          <Base64Result name="Public key" base64={query.data.base64} />
        </>
      )}
    </SheetPart>
  );
}
