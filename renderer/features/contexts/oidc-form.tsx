import { ExternalLink } from 'lucide-react';
import type { ReactNode } from 'react';
import type { BrowserSignInState } from '../../../contracts/ipc/browser-sign-in.ts';
import type { DiscoveredService } from '../../../contracts/ipc/contexts.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { useFieldForm } from '../../ui/form.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { nameRule, required } from './context-name.ts';
import { ContextNameField, useNewContextValues } from './new-context-fields.tsx';
import { useBrowserSignIn } from './use-browser-sign-in.ts';

interface OidcFormProps {
  service: DiscoveredService;
  address: string;
  onBegun: () => void;
}

/** Second step, by the provider that the service names: what the context is called. */
export function OidcForm({ service, address, onBegun }: OidcFormProps): ReactNode {
  const { name } = useNewContextValues(service);
  const start = useBrowserSignIn();
  const { fields, busy, error, submit } = useFieldForm<{ name: string }, BrowserSignInState>({
    initialValues: { name },
    validate: { name: required('a name for the context') },
    rules: { name: nameRule },
    fieldOf: ({ code }) => (code === 'name_taken' ? 'name' : undefined),
    send: (values) =>
      start.mutateAsync({
        target: {
          ...{ kind: 'new', address, name: values.name.trim() },
          ...{ setUpPodman: false, setUpDocker: false },
        },
        access: 'oidc',
        elsewhere: false,
      }),
    onDone: onBegun,
  });
  return (
    <form className="kh-stack" aria-label="Sign in at the provider" onSubmit={submit} noValidate>
      <Card>
        <ContextNameField inputProps={fields.getInputProps} />
      </Card>
      {error !== null && <ErrorNotice error={error} />}
      <div className="kh-end">
        <Button type="submit" kind="primary" size="large" icon={<ExternalLink />} busy={busy}>
          {busy ? 'Opening the browser…' : <Breakable inSentence>{openWords(service)}</Breakable>}
        </Button>
      </div>
    </form>
  );
}

/** Names whom one is sent to. */
export function openWords({ provider }: Pick<DiscoveredService, 'provider'>): string {
  return `Open ${provider?.host ?? 'the provider'}`;
}
