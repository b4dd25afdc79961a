import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { CredentialKind } from '../../../contracts/domain/credential.ts';
import { Page } from '../../ui/page.tsx';
import { InspectPanel } from './inspect-panel.tsx';
import { MintPanel } from './mint-panel.tsx';
import css from './tokens.module.css';

/** What signs in by each kind. */
const signs: Readonly<Record<CredentialKind, string>> = {
  key: 'Short-lived tokens that sign',
  'api-key': 'The API key that signs',
  session: 'Short-lived tokens that sign',
  pasted: 'The token that signs',
};

/** Mints tokens for the current context by hand, and takes any token apart. */
export function TokensPage({ context }: { context: ContextSummary }): ReactNode {
  const what = signs[context.credential ?? 'key'];
  const mints = context.state !== 'active' || context.maxTokenTtl !== null;
  return (
    <Page
      title="Tokens"
      lead={`${what} you in to ${context.serviceName}, for curl and scripts.`}
      width="text"
    >
      <Tabs defaultValue="mint" keepMounted={false}>
        <Tabs.List className={css['tabs'] ?? ''}>
          <Tabs.Tab value="mint">{mints ? 'Mint' : 'Use'}</Tabs.Tab>
          <Tabs.Tab value="inspect">Inspect</Tabs.Tab>
        </Tabs.List>
        {/* What was chosen stays; a token that is shown is hidden with its tab. */}
        <Tabs.Panel value="mint" keepMounted>
          <MintPanel context={context} />
        </Tabs.Panel>
        {/* Not kept: a pasted token is a secret, and would stay in the window behind a tab that nobody looks at. */}
        <Tabs.Panel value="inspect">
          <InspectPanel />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
