import { TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef, type ReactNode, type SyntheticEvent } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
import type { DiscoveredService } from '../../../contracts/ipc/contexts.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import css from './add-context.module.css';

interface FindServiceProps {
  initialAddress: string;
  onFound: (service: DiscoveredService, address: string) => void;
}

/** First step: asks a service what it offers. */
export function FindService({ initialAddress, onFound }: FindServiceProps): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  const find = useMutation({
    mutationFn: (address: string) => valueOf(keyhold().contexts.discover({ address })),
    onSuccess: onFound,
    onError: () => input.current?.focus(),
  });
  /** What the service at the address calls itself. Main asks before it contacts that. */
  const other = find.error?.details.origin;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const address = input.current?.value.trim() ?? '';
    if (address === '') input.current?.focus();
    else if (!find.isPending) find.mutate(address);
  };
  return (
    <form className={css['stack']} onSubmit={submit} noValidate>
      <div className={css['finder']}>
        <TextInput
          ref={input}
          label="Service address"
          description="The host name is enough. Keyhold asks the service what it offers; nothing is sent yet."
          placeholder="registry.example.com"
          defaultValue={initialAddress}
          maxLength={limits.addressMax}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          autoFocus
        />
        <Button type="submit" kind="primary" size="large" busy={find.isPending}>
          {find.isPending ? 'Looking…' : 'Find service'}
        </Button>
      </div>
      {find.isError && (
        <ErrorNotice
          error={find.error}
          {...(other === undefined
            ? {}
            : {
                retryLabel: 'Use this address',
                retry: () => {
                  if (input.current !== null) input.current.value = other;
                  find.mutate(other);
                },
              })}
        />
      )}
    </form>
  );
}
