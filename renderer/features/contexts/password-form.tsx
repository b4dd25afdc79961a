import { useForm } from '@mantine/form';
import type { ReactNode } from 'react';
import type { DiscoveredService } from '../../../contracts/ipc/contexts.ts';
import { SetUpBoxes, useNewContextValues } from './new-context-fields.tsx';
import { StepForm } from './step-form.tsx';
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
    <StepForm form={form} label="Sign in with a password" action={actionOf(form.busy, wantsNew)}>
      {fields}
      <Stacked hidden={wantsNew}>
        {name.field}
        <SetUpBoxes service={service} when="Once you are signed in." inputProps={setUps.getInputProps} />
      </Stacked>
    </StepForm>
  );
}

function actionOf(busy: boolean, wantsNew: boolean): string {
  if (busy) return 'Signing in…';
  return wantsNew ? 'Set password and sign in' : 'Sign in';
}
