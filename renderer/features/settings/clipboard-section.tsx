import { NativeSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import type { SettingsView } from '../../../contracts/ipc/settings.ts';
import { durationWords } from '../../lib/format.ts';
import { Section } from '../../ui/page.tsx';
import { SettingList, SettingRow } from '../../ui/setting-list.tsx';
import { useChangeSettings } from './use-settings.ts';
import { withCurrent } from './with-current.ts';

const offered = [10, 20, 30, 60, 120, 300] as const;

/** How long copied secrets stay on the clipboard. */
export function ClipboardSection({ view: { settings } }: { view: SettingsView }): ReactNode {
  const change = useChangeSettings();
  return (
    <Section title="Clipboard">
      <SettingList>
        <SettingRow
          label="Clear copied tokens"
          description="Only if the clipboard still holds them. Locking clears them as well."
          control={(names) => (
            <NativeSelect
              {...names}
              value={String(settings.clipboardSeconds)}
              data={withCurrent(offered, settings.clipboardSeconds).map((seconds) => ({
                value: String(seconds),
                label: `After ${durationWords(seconds)}`,
              }))}
              onChange={({ currentTarget: { value } }) => change.mutate({ clipboardSeconds: Number(value) })}
            />
          )}
        />
      </SettingList>
    </Section>
  );
}
