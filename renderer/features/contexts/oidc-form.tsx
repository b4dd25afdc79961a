import { Checkbox } from '@mantine/core';
import { ExternalLink } from 'lucide-react';
import type { ReactNode } from 'react';
import type { BrowserSignInState } from '../../../contracts/ipc/browser-sign-in.ts';
import type { DiscoveredService, Provider } from '../../../contracts/ipc/contexts.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { useFieldForm } from '../../ui/form.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { nameRule, required } from './context-name.ts';
import { ContextNameField, useNewContextValues } from './new-context-fields.tsx';
import { hostElsewhere, ProviderTerms } from './provider-terms.tsx';
import { useBrowserSignIn } from './use-browser-sign-in.ts';

interface OidcFormProps {
  service: DiscoveredService;
  provider: Provider;
  address: string;
  onBegun: () => void;
  /** Asks the service anew. */
  onLookAgain: () => void;
}

interface Values {
  name: string;
  /** That two addresses belong together. */
  known: boolean;
}

/** Second step, by the provider that the service names: what the context is called. */
export function OidcForm(props: OidcFormProps): ReactNode {
  const { service, provider, address, onBegun, onLookAgain } = props;
  const named = { host: service.host, provider };
  const elsewhere = hostElsewhere(named);
  const { name } = useNewContextValues(service);
  const start = useBrowserSignIn();
  const { fields, busy, error, submit } = useFieldForm<Values, BrowserSignInState>({
    initialValues: { name, known: elsewhere === null },
    validate: {
      name: required('a name for the context'),
      known: (known) => (known ? null : 'Say so to go on, or ask whoever runs the service.'),
    },
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
        agreed: provider,
      }),
    onDone: onBegun,
  });
  return (
    <form className="kh-stack" aria-label="Sign in at the provider" onSubmit={submit} noValidate>
      <Card>
        <div className="kh-stack">
          <ProviderTerms {...named} last={null} />
          {elsewhere !== null && (
            <Checkbox
              label={`${service.host} and ${elsewhere} belong together`}
              aria-invalid={fields.errors['known'] !== undefined}
              {...fields.getInputProps('known', { type: 'checkbox' })}
            />
          )}
          <ContextNameField inputProps={fields.getInputProps} />
        </div>
      </Card>
      {error !== null && (
        <ErrorNotice
          error={error}
          {...(error.code === 'provider_changed' && { retry: onLookAgain, retryLabel: 'Look again' })}
        />
      )}
      <div className="kh-end">
        <Button type="submit" kind="primary" size="large" icon={<ExternalLink />} busy={busy}>
          {busy ? 'Opening the browser…' : <Breakable inSentence>{openWords(provider)}</Breakable>}
        </Button>
      </div>
    </form>
  );
}

/** Names whom one is sent to. */
export function openWords({ host }: Provider): string {
  return `Open ${host}`;
}
