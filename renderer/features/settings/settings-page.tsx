import type { ReactNode } from 'react';
import { Page } from '../../ui/page.tsx';
import { SecuritySection } from './security-section.tsx';

/** What holds for this computer and its vault, whatever the context. */
export function SettingsPage(): ReactNode {
  return (
    <Page title="Settings" width="text">
      <SecuritySection />
    </Page>
  );
}
