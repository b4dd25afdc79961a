import { Checkbox, TextInput } from '@mantine/core';
import { ExternalLink } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
import type { BrowserAccess, BrowserSignInState } from '../../../contracts/ipc/browser-sign-in.ts';
import type { DiscoveredService } from '../../../contracts/ipc/contexts.ts';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { useFieldForm } from '../../ui/form.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { accessOptions } from './browser-access.ts';
import { nameRule, required, suggestName } from './context-name.ts';
import { useContexts } from './queries.ts';
import { useBrowserSignIn } from './use-browser-sign-in.ts';

interface BrowserFormProps {
  service: DiscoveredService;
  address: string;
  onBegun: () => void;
}

/** Second step, by browser: how long to stay signed in, and what the context is called. Who one is, the service says. */
export function BrowserForm({ service, address, onBegun }: BrowserFormProps): ReactNode {
  const { data: contexts = [] } = useContexts();
  const start = useBrowserSignIn();
  const [access, setAccess] = useState<BrowserAccess>('api-key');
  const { fields, busy, error, submit } = useFieldForm<
    { name: string; setUpPodman: boolean; setUpDocker: boolean },
    BrowserSignInState
  >({
    initialValues: {
      name: suggestName(
        service.name,
        service.host,
        contexts.map(({ name }) => name),
      ),
      setUpPodman: service.hasRegistry,
      setUpDocker: false,
    },
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
    <form className="kh-stack" onSubmit={submit} noValidate>
      <Card>
        <div className="kh-stack">
          <Choice
            label="How long to stay signed in"
            options={accessOptions}
            value={access}
            onChange={setAccess}
          />
          <TextInput
            label="Context name"
            description={`What you call it here, in ${String(limits.contextNameMax)} characters at most.`}
            maxLength={limits.contextNameMax}
            autoComplete="off"
            spellCheck={false}
            {...fields.getInputProps('name')}
          />
          {service.hasRegistry && (
            <>
              <Checkbox
                label={`Set up Podman for ${service.host}`}
                description="Once you are signed in. Skopeo and Buildah too. You can undo it at any time."
                {...fields.getInputProps('setUpPodman', { type: 'checkbox' })}
              />
              <Checkbox
                label={`Set up Docker for ${service.host}`}
                description="Once you are signed in. You can undo it at any time."
                {...fields.getInputProps('setUpDocker', { type: 'checkbox' })}
              />
            </>
          )}
        </div>
      </Card>
      {error !== null && <ErrorNotice error={error} />}
      <div className="kh-end">
        <Button type="submit" kind="primary" size="large" icon={<ExternalLink />} busy={busy}>
          {busy ? 'Opening the browser…' : 'Open browser to sign in'}
        </Button>
      </div>
    </form>
  );
}
