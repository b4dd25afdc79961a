import type { ReactNode } from 'react';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { AppearanceSection } from './appearance-section.tsx';
import { BackupSection } from './backup-section.tsx';
import { ClipboardSection } from './clipboard-section.tsx';
import { DesktopSection } from './desktop-section.tsx';
import { LockingSection } from './locking-section.tsx';
import { SecuritySection } from './security-section.tsx';
import { UnrevokedSection } from '../sign-out/unrevoked-section.tsx';
import { useSettings } from './use-settings.ts';

/** What the user chooses for this computer, one section for each subject. */
export function SettingsPage(): ReactNode {
  const settings = useSettings();
  return (
    <Page title="Settings" lead="They apply to this computer, at once." width="text">
      <UnrevokedSection />
      {settings.isPending && <LinesSkeleton lines={4} />}
      {settings.isError && <ErrorNotice error={settings.error} retry={() => void settings.refetch()} />}
      {settings.isSuccess && (
        <>
          <LockingSection view={settings.data} />
          <ClipboardSection view={settings.data} />
          <AppearanceSection view={settings.data} />
          <DesktopSection view={settings.data} />
        </>
      )}
      <SecuritySection />
      <BackupSection />
    </Page>
  );
}
