import { useForm } from '@mantine/form';
import type { ReactNode } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
import type { DiscoveredService } from '../../../contracts/ipc/contexts.ts';
import { errorText } from '../../lib/error-text.ts';
import { Button } from '../../ui/button.tsx';
import { bringIntoSight } from '../../ui/form.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { nameRule, required } from './context-name.ts';
import { SetUpBoxes, useNewContextValues } from './new-context-fields.tsx';
import { Stacked, usePasswordForm, type SignedInByPassword } from './use-password-form.tsx';
import { useTextField } from './use-text-field.tsx';

interface PasswordFormProps {
  service: DiscoveredService;
  address: string;
  onSignedIn: (answer: SignedInByPassword) => unknown;
}

/** Second step, with a password: who one is there, and what the context is called. */
export function PasswordForm({ service, address, onSignedIn }: PasswordFormProps): ReactNode {
  const { name: suggested, ...boxes } = useNewContextValues(service);
  const setUps = useForm({ initialValues: { name: '', ...boxes } });
  const name = useTextField({
    label: 'Context name',
    description: `What you call it here, in ${String(limits.contextNameMax)} characters at most.`,
    initial: suggested,
    maxLength: limits.contextNameMax,
    autoComplete: 'off',
    problemOf: required('a name for the context'),
    refusalOf: ({ code, details }) => {
      if (code === 'invalid_request' && details.field === 'target.name') return nameRule;
      const { title, advice } = errorText(code, details);
      return code === 'name_taken' ? `${title}. ${advice}` : null;
    },
  });
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
