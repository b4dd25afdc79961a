import { useForm } from '@mantine/form';
import type { ReactNode } from 'react';
import type { DiscoveredService } from '../../../contracts/ipc/contexts.ts';
import { Button } from '../../ui/button.tsx';
import { bringIntoSight } from '../../ui/form.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { SetUpBoxes, useNewContextValues } from './new-context-fields.tsx';
import { useContextName } from './use-context-name.tsx';
import { Stacked, usePasswordForm, type SignedInByPassword } from './use-password-form.tsx';

interface PasswordFormProps {
  service: DiscoveredService;
  address: string;
  onSignedIn: (answer: SignedInByPassword) => unknown;
}

/** Second step, with a password: who one is there, and what the context is called. */
export function PasswordForm({ service, address, onSignedIn }: PasswordFormProps): ReactNode {
  const { name: suggested, ...boxes } = useNewContextValues(service);
  const setUps = useForm({ initialValues: { name: '', ...boxes } });
  const name = useContextName(suggested);
  const { form, wantsNew, fields } = usePasswordForm({
    serviceName: service.name,
    username: '',
    name,
    target: (typed) => ({ ...setUps.getValues(), kind: 'new', address, name: typed }),
    onSignedIn,
  });
  return (
    <form className="kh-stack" aria-label="Sign in with a password" onSubmit={form.submit} noValidate>
      <Card>
        <div className="kh-stack">
          {fields}
          <Stacked hidden={wantsNew}>
            {name.field}
            <SetUpBoxes service={service} when="Once you are signed in." inputProps={setUps.getInputProps} />
          </Stacked>
        </div>
      </Card>
      {form.error !== null && (
        <div ref={bringIntoSight}>
          <ErrorNotice error={form.error} />
        </div>
      )}
      <div className="kh-end">
        <Button type="submit" kind="primary" size="large" busy={form.busy}>
          {actionOf(form.busy, wantsNew)}
        </Button>
      </div>
    </form>
  );
}

function actionOf(busy: boolean, wantsNew: boolean): string {
  if (busy) return 'Signing in…';
  return wantsNew ? 'Set password and sign in' : 'Sign in';
}
