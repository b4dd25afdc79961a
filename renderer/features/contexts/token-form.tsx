import type { ReactNode } from 'react';
import type { PastedForm } from '../../../contracts/domain/pasted-token.ts';
import type { DiscoveredService } from '../../../contracts/ipc/contexts.ts';
import type { Answer } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { bringIntoSight } from '../../ui/form.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { useNewContextValues } from './new-context-fields.tsx';
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
    <form className="kh-stack" aria-label="Sign in with a token" onSubmit={form.submit} noValidate>
      <Card>
        <div className="kh-stack">
          {field}
          {name.field}
        </div>
      </Card>
      {form.error !== null && (
        <div ref={bringIntoSight}>
          <ErrorNotice error={form.error} />
        </div>
      )}
      <div className="kh-end">
        <Button type="submit" kind="primary" size="large" busy={form.busy}>
          {form.busy ? 'Signing in…' : 'Sign in'}
        </Button>
      </div>
    </form>
  );
}
