import type { ReactNode } from 'react';
import type { SettingsView } from '../../../contracts/ipc/settings.ts';
import { Section } from '../../ui/page.tsx';
import { SettingList, SwitchRow } from '../../ui/setting-list.tsx';
import { useChangeSettings, useStartAtLogin } from './use-settings.ts';

const noTray = 'This desktop shows no tray, so the window is the only way to Keyhold.';

/** How Keyhold lives on the desktop: at login, in the tray. */
export function DesktopSection({ view }: { view: SettingsView }): ReactNode {
  const { settings, startAtLogin, tray } = view;
  const change = useChangeSettings();
  const login = useStartAtLogin();
  return (
    <Section title="Desktop">
      <SettingList>
        <SwitchRow
          label="Start Keyhold at login"
          description="Podman can then sign in without you opening Keyhold first; the vault starts locked."
          on={startAtLogin}
          onChange={login.mutate}
        />
        {startAtLogin && (
          <SwitchRow
            label="Start in the tray"
            description={tray ? 'At login, without a window.' : noTray}
            on={settings.startHidden}
            disabled={!tray}
            onChange={(startHidden) => change.mutate({ startHidden })}
          />
        )}
        <SwitchRow
          label="Keep running in the tray when the window is closed"
          description={tray ? 'Quit from the tray’s menu.' : noTray}
          on={settings.closeToTray}
          disabled={!tray}
          onChange={(closeToTray) => change.mutate({ closeToTray })}
        />
      </SettingList>
    </Section>
  );
}
