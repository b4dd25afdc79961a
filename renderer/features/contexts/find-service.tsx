import { TextInput } from '@mantine/core';
import { MailOpen } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { limits } from '../../../contracts/domain/limits.ts';
import type { DiscoveredService } from '../../../contracts/ipc/contexts.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { useFieldForm } from '../../ui/form.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import css from './add-context.module.css';

interface FindServiceProps {
  initialAddress: string;
  /** Looks for it without a press. */
  atOnce: boolean;
  onFound: (service: DiscoveredService, address: string) => void;
}

/** First step: asks a service what it offers. */
export function FindService({ initialAddress, atOnce, onFound }: FindServiceProps): ReactNode {
  const ref = useRef<HTMLFormElement>(null);
  const navigate = useNavigate();
  const { fields, busy, error, submit } = useFieldForm({
    initialValues: { address: initialAddress },
    validate: { address: (text) => (text.trim() === '' ? 'Enter the address of the service.' : null) },
    fieldOf: ({ code }) => (code === 'invalid_address' || code === 'insecure_origin' ? 'address' : undefined),
    send: ({ address }) => valueOf(keyhold().contexts.discover({ address: address.trim() })),
    onDone: (found, { address }) => {
      onFound(found, address.trim());
    },
  });
  useEffect(() => {
    if (atOnce) ref.current?.requestSubmit();
  }, [atOnce]);
  useEffect(() => {
    // Whatever went wrong, the address is the one thing to change.
    if (error !== null) ref.current?.querySelector('input')?.focus();
  }, [error]);
  /** What the service at the address calls itself. Main asks before it contacts that. */
  const other = error?.details.origin;
  return (
    <form ref={ref} className="kh-stack" onSubmit={submit} noValidate>
      <div className={css['finder']}>
        <TextInput
          label="Service address"
          description="The host name is enough. Keyhold asks the service what it offers; nothing is sent yet."
          placeholder="registry.example.com"
          maxLength={limits.addressMax}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          autoFocus
          {...fields.getInputProps('address')}
        />
        <Button type="submit" kind="primary" size="large" busy={busy}>
          {busy ? 'Looking…' : 'Find service'}
        </Button>
      </div>
      {initialAddress === '' && (
        <p>
          <Button kind="quiet" size="small" icon={<MailOpen />} onClick={() => void navigate('/join')}>
            I have an invitation link
          </Button>
        </p>
      )}
      {error !== null && (
        <ErrorNotice
          error={error}
          {...(other !== undefined && {
            retryLabel: 'Use this address',
            retry: () => {
              fields.setFieldValue('address', other);
              ref.current?.requestSubmit();
            },
          })}
        />
      )}
    </form>
  );
}
