import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Copy, ExternalLink, MonitorSmartphone } from 'lucide-react';
import type { ReactNode } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
import type { Result } from '../../../contracts/errors.ts';
import type { BrowserSignInState } from '../../../contracts/ipc/browser-sign-in.ts';
import { CallError, keyhold, valueOf } from '../../lib/api.ts';
import { countdown, secondsUntil } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { Code } from '../../ui/code.tsx';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { TextBlock } from '../../ui/sheet.tsx';
import { toastDone } from '../../ui/toast.ts';
import { useAction } from '../../ui/use-action.ts';
import { browserSignInQuery } from '../contexts/queries.ts';
import css from './signin.module.css';

interface ViewProps {
  state: BrowserSignInState;
  /** Leaves it. */
  onCancel: () => void;
}

/** What is going on with a sign-in by browser, and what can be done about it. Not what came of it in the end. */
export function BrowserSignInView({ state, onCancel }: ViewProps): ReactNode {
  switch (state.phase) {
    case 'waiting':
      return state.elsewhere ? (
        <Elsewhere state={state} onCancel={onCancel} />
      ) : (
        <Waiting state={state} onCancel={onCancel} />
      );
    case 'exchanging':
    case 'done':
      return (
        <p className={css['wait']} role="status">
          <span className={css['pulse']} aria-hidden="true" />
          The answer is there. Asking {state.serviceName} for your sign-in…
        </p>
      );
    case 'failed':
      return <Failed state={state} onCancel={onCancel} />;
  }
}

function Waiting({ state, onCancel }: ViewProps): ReactNode {
  const openAgain = useSent(() => keyhold().browserSignIn.open());
  const again = useAgain();
  return (
    <div className="kh-stack">
      {state.opened ? (
        <div className={css['wait']}>
          <span className={css['pulse']} aria-hidden="true" />
          <span className={css['waitWords']}>
            <span role="status">Waiting for your answer in the browser.</span>{' '}
            <TimeLeft until={state.until} />
          </span>
        </div>
      ) : (
        <Notice tone="warning" title="No browser was opened">
          Open it again, or copy the address and open it in a browser yourself.
        </Notice>
      )}
      <p className="kh-dim">
        {state.provider === null ? (
          <>
            A page of <Code inSentence>{state.host}</Code> asks you to sign in and to let Keyhold on this
            computer act as you.
          </>
        ) : (
          <>
            You sign in at <Code inSentence>{state.provider.host}</Code>: look that your browser shows this
            address. It gives Keyhold a token for <Code inSentence>{state.provider.audience}</Code>, which{' '}
            <Code inSentence>{state.host}</Code> gets.
          </>
        )}{' '}
        Keyhold goes on by itself once you have answered.
      </p>
      <div className={css['actions']}>
        <Button icon={<ExternalLink />} call={openAgain}>
          Open again
        </Button>
        <CopyAddress />
        <Button kind="quiet" onClick={onCancel}>
          Cancel
        </Button>
      </div>
      {/* A provider brings its answer to this computer. */}
      {state.provider === null && (
        <p className={css['other']}>
          <MonitorSmartphone aria-hidden="true" />
          <Button size="small" kind="quiet" busy={again.isPending} onClick={() => again.mutate(true)}>
            The browser is on another computer
          </Button>
        </p>
      )}
    </div>
  );
}

/** The browser is on another computer: its address goes there by hand, and the code comes back the same way. */
function Elsewhere({ state, onCancel }: ViewProps): ReactNode {
  const client = useQueryClient();
  const again = useAgain();
  const form = useFieldForm({
    initialValues: { code: '' },
    validate: { code: (text) => (text.trim() === '' ? 'Paste the code that the browser shows.' : null) },
    fieldOf: ({ code }) => (code === 'invalid_code' ? 'code' : undefined),
    send: ({ code }) => valueOf(keyhold().browserSignIn.paste({ code: code.trim() })),
    onDone: (after) => client.setQueryData(browserSignInQuery.queryKey, after),
  });
  return (
    <div className="kh-stack" data-gap="5">
      <section className="kh-stack" data-gap="2" aria-label="Address">
        <p>
          Open this address in a browser on the other computer, sign in there and choose Authorize.{' '}
          <TimeLeft until={state.until} />
        </p>
        <TextBlock label="Address for the browser">
          <Breakable>{state.address ?? ''}</Breakable>
        </TextBlock>
        <div className={css['actions']}>
          <CopyAddress />
          <Button kind="quiet" busy={again.isPending} onClick={() => again.mutate(false)}>
            The browser is on this computer
          </Button>
        </div>
      </section>
      <FormFrame
        form={form}
        label="Code from the browser"
        action="Sign in"
        busyAction="Signing in…"
        onCancel={onCancel}
      >
        <TextInput
          label="Code"
          description="The browser shows it at the end. It works once, within a minute."
          maxLength={limits.loginCodeMax}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          autoFocus
          {...form.fields.getInputProps('code')}
        />
      </FormFrame>
    </div>
  );
}

function Failed({ state, onCancel }: ViewProps): ReactNode {
  const again = useAgain();
  const { code, said } = state.failure ?? { code: 'internal' as const };
  return (
    <div className="kh-stack">
      <ErrorNotice
        error={new CallError(code, said === undefined ? {} : { said })}
        retry={() => again.mutate(state.elsewhere)}
        retryLabel="Sign in again"
      />
      <div className={css['actions']}>
        {!state.elsewhere && state.provider === null && (
          <Button busy={again.isPending} onClick={() => again.mutate(true)}>
            The browser is on another computer
          </Button>
        )}
        <Button kind="quiet" onClick={onCancel}>
          Close
        </Button>
      </div>
    </div>
  );
}

function TimeLeft({ until }: { until: string }): ReactNode {
  const seconds = secondsUntil(until, useNow(250));
  return <span className={css['left']}>{`${countdown(seconds)} left.`}</span>;
}

function CopyAddress(): ReactNode {
  const copy = useAction(
    () => keyhold().browserSignIn.copyAddress(),
    () => {
      toastDone('Address copied');
    },
  );
  return (
    <Button icon={<Copy />} call={copy}>
      Copy address
    </Button>
  );
}

/** A call whose answer is how the sign-in stands now. */
function useSent<Request = void>(call: (request: Request) => Promise<Result<BrowserSignInState>>) {
  const client = useQueryClient();
  return useAction(call, (state) => {
    client.setQueryData(browserSignInQuery.queryKey, state);
  });
}

function useAgain() {
  return useSent((elsewhere: boolean) => keyhold().browserSignIn.again({ elsewhere }));
}
