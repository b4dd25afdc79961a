import { SegmentedControl } from '@mantine/core';
import type { ReactNode } from 'react';
import type { SettingsView } from '../../../contracts/ipc/settings.ts';
import { Section } from '../../ui/page.tsx';
import { SettingList, SettingRow } from '../../ui/setting-list.tsx';
import { themes } from './themes.ts';
import { useChangeSettings } from './use-settings.ts';

/** How the window looks. */
export function AppearanceSection({ view: { settings } }: { view: SettingsView }): ReactNode {
  const change = useChangeSettings();
  return (
    <Section title="Appearance">
      <SettingList>
        <SettingRow
          label="Theme"
          control={(names) => (
            <SegmentedControl
              {...names}
              value={settings.theme}
              data={themes.map(({ value, label }) => ({ value, label }))}
              onChange={(theme) => change.mutate({ theme })}
            />
          )}
        />
      </SettingList>
    </Section>
  );
}
