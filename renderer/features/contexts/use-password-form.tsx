import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type ReactNode } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
import type { ErrorCode } from '../../../contracts/errors.ts';
import type { PasswordSignInAnswer, PasswordSignInRequest } from '../../../contracts/ipc/password-sign-in.ts';
import { keyhold, valueOf, type CallError } from '../../lib/api.ts';
import { Notice } from '../../ui/notice.tsx';
import { noField, useSecretForm, type SecretField, type SentForm } from '../../ui/secret-form.ts';
import { PassphraseField } from '../vault/passphrase-field.tsx';
import { usePassphrase } from '../vault/use-passphrase.tsx';
import { required } from './context-name.ts';
import { contextsQuery } from './queries.ts';
import { useTextField } from './use-text-field.tsx';

export type SignedInByPassword = Extract<PasswordSignInAnswer, { kind: 'signed_in' }>;

interface PasswordFormOptions {
  /** What the service is called. */
  serviceName: string;
  /** What is typed already, where that is known. */
  username: string;
  /** Further fields that are read first; what they are read as is given to `target`. */
  name?: SecretField;
  target: (name: string) => PasswordSignInRequest['target'];
  onSignedIn: (answer: SignedInByPassword) => unknown;
}

interface PasswordForm {
  form: SentForm;
  /** The service wants another password first. */
  wantsNew: boolean;
  /** User name and password, or the new password; the passwords stay in their elements. */
  fields: ReactNode;
}

/** After these nobody goes on with a new password: it is set, or may be, or the first one is not right any more. */
const endOfNew: readonly ErrorCode[] = ['password_wrong', 'password_changed', 'password_maybe_changed'];

/** Signs in with user name and password, and has a new password chosen where the service wants one. */
export function usePasswordForm(options: PasswordFormOptions): PasswordForm {
  const { serviceName, username: initial, name = noField, target, onSignedIn } = options;
  const client = useQueryClient();
  const [wantsNew, setWantsNew] = useState(false);
  const username = useTextField({
    label: 'User name',
    description: `Yours at ${serviceName}, or your email address there.`,
    initial,
    maxLength: limits.loginNameMax,
    autoComplete: 'username',
    autoFocus: initial === '',
    problemOf: required('your user name'),
  });
  const password = usePassphrase({
    label: 'Password',
    hint: 'Sent to the service once, and not kept.',
    autoFocus: initial !== '',
    refusals: endOfNew,
  });
  const chosen = useChosenPassword();
  const form = useSecretForm({
    secrets: { name, username, password, chosen: wantsNew ? chosen : noField },
    send: async (typed) => {
      const newPassword = wantsNew ? typed.chosen : null;
      const { username, password } = typed;
      const request = { target: target(typed.name), username, password, newPassword };
      const answer = await valueOf(keyhold().passwordSignIn.signIn(request));
      setWantsNew(answer.kind === 'new_password');
      return answer.kind === 'signed_in' ? answer : null;
    },
    onDone: async (answer) => {
      chosen.clear();
      await client.refetchQueries(contextsQuery);
      await onSignedIn(answer);
    },
    onFailed: ({ code }) => {
      if (endOfNew.includes(code)) setWantsNew(false);
    },
  });
  return {
    form,
    wantsNew,
    fields: (
      <>
        <Stacked hidden={wantsNew}>
          {username.field}
          {password.field}
        </Stacked>
        {wantsNew && (
          <>
            <Notice tone="info" title={`${serviceName} wants another password first`}>
              The one that you signed in with was given to you, or has to be changed. Choose a new one for{' '}
              {serviceName}; Keyhold does not keep it.
            </Notice>
            {chosen.fields}
          </>
        )}
      </>
    ),
  };
}

/** Fields that may be out of sight: what is typed in them stays. */
export function Stacked({ hidden, children }: { hidden: boolean; children: ReactNode }): ReactNode {
  return (
    <div hidden={hidden}>
      <div className="kh-stack">{children}</div>
    </div>
  );
}

interface ChosenPassword extends SecretField {
  fields: ReactNode;
}

/** A password to be chosen for a service, typed twice. What it has to be like, the service says. */
function useChosenPassword(): ChosenPassword {
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<{ at: 'first' | 'second'; words: string } | null>(null);
  const wordsAt = (at: 'first' | 'second'): string | null => (problem?.at === at ? problem.words : null);
  const forgive = (): void => setProblem(null);
  return {
    fields: (
      <>
        <PassphraseField
          ref={first}
          label="New password"
          autoComplete="new-password"
          autoFocus
          error={wordsAt('first')}
          onInput={forgive}
        />
        <PassphraseField
          ref={second}
          label="Repeat new password"
          autoComplete="new-password"
          error={wordsAt('second')}
          onInput={forgive}
        />
      </>
    ),
    read: () => {
      const typed = first.current?.value ?? '';
      if (typed !== '' && typed === second.current?.value) return typed;
      const at = typed === '' ? 'first' : 'second';
      setProblem({ at, words: typed === '' ? 'Enter a new password.' : 'The two passwords differ.' });
      (typed === '' ? first : second).current?.focus();
      return null;
    },
    refuse: (error: CallError | null) => {
      // In the service's own words, which nobody vouches for: they are shown below the fields.
      if (error === null) forgive();
      return false;
    },
    clear: () => {
      for (const field of [first, second]) if (field.current !== null) field.current.value = '';
    },
  };
}
