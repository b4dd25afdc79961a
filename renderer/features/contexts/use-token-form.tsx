import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { PastedForm } from '../../../contracts/domain/pasted-token.ts';
import { keyhold, valueOf, type Answer } from '../../lib/api.ts';
import { noField, useSecretForm, type SecretField, type SentForm } from '../../ui/secret-form.ts';
import { usePassphrase } from '../vault/use-passphrase.tsx';
import { contextsQuery, statusKey } from './queries.ts';
import type { Expected } from './token-problems.ts';
import { usePastedToken } from './use-pasted-token.tsx';

type Target = Parameters<ReturnType<typeof keyhold>['tokenSignIn']['signIn']>[0]['target'];

interface TokenFormOptions {
  form: PastedForm;
  /** What is held against a JWT; null for a context that is not there yet. */
  expected: Expected | null;
  /** A further field that is read first; what it is read as is given to `target`. */
  name?: SecretField;
  target: (name: string) => Target;
  onSignedIn: (answer: Answer<'tokenSignIn', 'signIn'>) => unknown;
}

/** Signs in with a token that is pasted: a JWT, or that of a dev server. */
export function useTokenForm(options: TokenFormOptions): { form: SentForm; field: ReactNode } {
  const { form, expected, name = noField, target, onSignedIn } = options;
  const client = useQueryClient();
  const jwt = usePastedToken(expected);
  const devToken = usePassphrase({
    label: 'Dev token',
    hint: 'Of the server on this computer, from its dev config file. Who has it can do what that file says.',
    autoFocus: true,
    refusals: ['token_refused', 'dev_token_elsewhere'],
  });
  const token = form === 'jwt' ? jwt : devToken;
  const sent = useSecretForm({
    secrets: { name, token },
    send: (typed) =>
      valueOf(keyhold().tokenSignIn.signIn({ target: target(typed.name), form, token: typed.token })),
    onDone: async (answer) => {
      await client.refetchQueries(contextsQuery);
      void client.invalidateQueries({ queryKey: statusKey });
      void client.invalidateQueries({ queryKey: ['keeper', answer.contextId] });
      await onSignedIn(answer);
    },
  });
  return { form: sent, field: token.field };
}
