import type { ReactNode } from 'react';
import type { PastedForm } from '../../../contracts/domain/pasted-token.ts';
import type { DiscoveredService } from '../../../contracts/ipc/contexts.ts';
import type { Answer } from '../../lib/api.ts';
import { useNewContextValues } from './new-context-fields.tsx';
import { StepForm } from './step-form.tsx';
import { useContextName } from './use-context-name.tsx';
import { useTokenForm } from './use-token-form.tsx';

interface TokenFormProps {
  service: DiscoveredService;
  address: string;
  form: PastedForm;
  onSignedIn: (answer: Answer<'tokenSignIn', 'signIn'>) => unknown;
}

/** Second step, with a pasted token: the token, and what the context is called. Whose it is, the token says. */
export function TokenForm({ service, address, form: kind, onSignedIn }: TokenFormProps): ReactNode {
  const { name: suggested } = useNewContextValues(service);
  const name = useContextName(suggested);
  const { form, field } = useTokenForm({
    form: kind,
    expected: null,
    name,
    // No program signs in to a registry by such a token.
    target: (typed) => ({ kind: 'new', address, name: typed, setUpPodman: false, setUpDocker: false }),
    onSignedIn,
  });
  return (
    <StepForm form={form} label="Sign in with a token" action={form.busy ? 'Signing in…' : 'Sign in'}>
      {field}
      {name.field}
    </StepForm>
  );
}
