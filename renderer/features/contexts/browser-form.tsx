import { ExternalLink } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { BrowserAccess } from '../../../contracts/domain/browser-access.ts';
import type { BrowserSignInState } from '../../../contracts/ipc/browser-sign-in.ts';
import type { DiscoveredService } from '../../../contracts/ipc/contexts.ts';
import { Choice } from '../../ui/choice.tsx';
import { useFieldForm } from '../../ui/form.tsx';
import { accessOptions, offeredOr } from './browser-access.ts';
import { nameRule, required } from './context-name.ts';
import {
  ContextNameField,
  SetUpBoxes,
  useNewContextValues,
  type NewContextValues,
} from './new-context-fields.tsx';
import { StepForm } from './step-form.tsx';
import { useBrowserSignIn } from './use-browser-sign-in.ts';

interface BrowserFormProps {
  service: DiscoveredService;
  address: string;
  /** What is chosen first. */
  initialAccess: BrowserAccess;
  onBegun: () => void;
}

/** Second step, by browser: how long to stay signed in, and what the context is called. Who one is, the service says. */
export function BrowserForm({ service, address, initialAccess, onBegun }: BrowserFormProps): ReactNode {
  const initial = useNewContextValues(service);
  const start = useBrowserSignIn();
  const [access, setAccess] = useState(() => offeredOr(service.browserAccess, initialAccess));
  const { fields, ...form } = useFieldForm<NewContextValues, BrowserSignInState>({
    initialValues: initial,
    validate: { name: required('a name for the context') },
    rules: { name: nameRule },
    fieldOf: ({ code }) => (code === 'name_taken' ? 'name' : undefined),
    send: (values) =>
      start.mutateAsync({
        target: { kind: 'new', address, ...values, name: values.name.trim() },
        access,
        elsewhere: false,
      }),
    onDone: onBegun,
  });
  return (
    <StepForm
      form={form}
      icon={<ExternalLink />}
      action={form.busy ? 'Opening the browser…' : 'Open browser to sign in'}
    >
      <Choice
        label="How long to stay signed in"
        options={accessOptions(service.browserAccess)}
        value={access}
        onChange={setAccess}
      />
      <ContextNameField inputProps={fields.getInputProps} />
      <SetUpBoxes service={service} when="Once you are signed in." inputProps={fields.getInputProps} />
    </StepForm>
  );
}
