import { queryOptions, useQuery } from '@tanstack/react-query';
import { ExternalLink } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { PastedForm } from '../../../contracts/domain/pasted-token.ts';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { DiscoveredService, Provider } from '../../../contracts/ipc/contexts.ts';
import { keyhold, valueOf, type CallError } from '../../lib/api.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { Choice, type Option } from '../../ui/choice.tsx';
import { Dialog, DialogBody } from '../../ui/dialog.tsx';
import { FormFrame } from '../../ui/form.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { toastDone } from '../../ui/toast.ts';
import { isOnThisComputer } from './keeper-ways.ts';
import { openWords } from './oidc-form.tsx';
import { ProviderTerms } from './provider-terms.tsx';
import css from './token-form.module.css';
import { useTokenForm } from './use-token-form.tsx';

type Way = 'oidc' | 'token' | 'dev-token';

/** What a keeper takes now: asked for each time, as it may have changed since the context was added. */
const keeperWaysQuery = ({ origin }: ContextSummary) =>
  queryOptions({
    queryKey: ['keeper-ways', origin],
    queryFn: () => valueOf(keyhold().contexts.discover({ address: origin })),
    gcTime: 0,
  });

function optionsOf({ methods, provider }: DiscoveredService, { host }: ContextSummary): Option<Way>[] {
  const all: readonly Option<Way>[] = [
    {
      value: 'oidc',
      label: `At ${provider?.host ?? 'its provider'}`,
      hint: 'In your browser, as you always do.',
    },
    { value: 'token', label: 'With a token', hint: 'A JWT that somebody gave you for this service.' },
    { value: 'dev-token', label: 'With a dev token', hint: 'Of the server on this computer.' },
  ];
  return all.filter(
    ({ value }) => methods.includes(value) && (value !== 'dev-token' || isOnThisComputer(host)),
  );
}

interface KeeperSignInProps {
  context: ContextSummary;
  /** Begins the sign-in at the service's provider. */
  begin: { isPending: boolean; error: CallError | null; run: (agreed: Provider) => void };
  onCancel: () => void;
  onSignedIn: () => void;
}

/** Signs a context in at its keeper, in a dialog, by what the keeper takes now. */
export function KeeperSignIn(props: KeeperSignInProps): ReactNode {
  const { context } = props;
  const found = useQuery(keeperWaysQuery(context));
  const [way, setWay] = useState<Way | null>(null);
  if (found.isPending) return <LinesSkeleton lines={4} />;
  // Who is not told can still paste a token: the service says what it thinks of it.
  const options = found.data === undefined ? [] : optionsOf(found.data, context);
  const chosen = options.find(({ value }) => value === way)?.value ?? options[0]?.value ?? 'token';
  const provider = found.data?.provider ?? null;
  const lookAgain = (): void => void found.refetch();
  return (
    <>
      {/* In one place whichever way is chosen: the keyboard stays with the choice. */}
      <div className={css['ways']}>
        {found.isError && <ErrorNotice error={found.error} retry={lookAgain} />}
        {options.length > 1 && (
          <Choice label="How to sign in" options={options} value={chosen} onChange={setWay} />
        )}
      </div>
      {chosen === 'oidc' && provider !== null ? (
        <AtProvider {...props} provider={provider} onLookAgain={lookAgain} />
      ) : (
        <ContextTokenForm key={chosen} {...props} form={chosen === 'dev-token' ? 'dev-token' : 'jwt'} />
      )}
    </>
  );
}

interface AtProviderProps extends KeeperSignInProps {
  provider: Provider;
  onLookAgain: () => void;
}

function AtProvider({ context, provider, begin, onCancel, onLookAgain }: AtProviderProps): ReactNode {
  const { isPending, error, run } = begin;
  return (
    <DialogBody
      buttons={
        <>
          <Button onClick={onCancel}>Cancel</Button>
          <Button
            kind="primary"
            icon={<ExternalLink />}
            busy={isPending}
            onClick={() => run(provider)}
            autoFocus
          >
            <Breakable inSentence>{openWords(provider)}</Breakable>
          </Button>
        </>
      }
    >
      <ProviderTerms host={context.host} provider={provider} last={context.audience} />
      {error !== null && (
        <ErrorNotice
          error={error}
          {...(error.code === 'provider_changed' && { retry: onLookAgain, retryLabel: 'Look again' })}
        />
      )}
    </DialogBody>
  );
}

function ContextTokenForm({
  context,
  form: kind,
  onCancel,
  onSignedIn,
}: KeeperSignInProps & { form: PastedForm }): ReactNode {
  const { form, field } = useTokenForm({
    form: kind,
    expected: context,
    target: () => ({ kind: 'context', contextId: context.id }),
    onSignedIn,
  });
  return (
    <FormFrame
      form={form}
      label="Sign in with a token"
      action="Sign in"
      busyAction="Signing in…"
      onCancel={onCancel}
    >
      {field}
    </FormFrame>
  );
}

interface KeeperSignInDialogProps {
  context: ContextSummary;
  opened: boolean;
  begin: KeeperSignInProps['begin'];
  onClose: () => void;
}

/** The same for a context that is signed out. */
export function KeeperSignInDialog({ context, opened, begin, onClose }: KeeperSignInDialogProps): ReactNode {
  return (
    <Dialog opened={opened} onClose={onClose} title={`Sign in to ${context.host}`} size={520}>
      <KeeperSignIn
        context={context}
        begin={begin}
        onCancel={onClose}
        onSignedIn={() => {
          onClose();
          toastDone(`Signed in to ${context.host}`);
        }}
      />
    </Dialog>
  );
}
