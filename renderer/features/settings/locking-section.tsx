import { NativeSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Settings } from '../../../contracts/domain/settings.ts';
import type { SettingsView } from '../../../contracts/ipc/settings.ts';
import { durationWords } from '../../lib/format.ts';
import { Section } from '../../ui/page.tsx';
import { SettingList, SettingRow, SwitchRow } from '../../ui/setting-list.tsx';
import { useChangeSettings } from './use-settings.ts';
import { withCurrent } from './with-current.ts';

const offered = [1, 5, 15, 30, 60, 120, 240] as const;
const never = 'never';
const offeredToPrograms = [60, 120, 240, 480] as const;
const off = 'off';

function programsWords({ autoLockMinutes, programsKeepOpenMinutes }: Settings): string {
  if (autoLockMinutes === null) return 'Keyhold does not lock by itself: there is nothing to put off.';
  if (programsKeepOpenMinutes !== null && programsKeepOpenMinutes <= autoLockMinutes) {
    return 'This is not longer than the time above, so it changes nothing.';
  }
  return 'Each use by an allowed program, as in a long build, puts the lock off, until you have been away for this long.';
}

/** When the vault locks by itself. */
export function LockingSection({ view: { settings } }: { view: SettingsView }): ReactNode {
  const change = useChangeSettings();
  return (
    <Section title="Locking">
      <SettingList>
        <AutoLock settings={settings} />
        <ProgramsKeepOpen settings={settings} />
        <SwitchRow
          label="Lock when the computer sleeps"
          on={settings.lockOnSuspend}
          onChange={(lockOnSuspend) => change.mutate({ lockOnSuspend })}
        />
        <SwitchRow
          label="Lock when the screen is locked"
          on={settings.lockOnScreenLock}
          onChange={(lockOnScreenLock) => change.mutate({ lockOnScreenLock })}
        />
      </SettingList>
    </Section>
  );
}

function AutoLock({ settings: { autoLockMinutes } }: { settings: Settings }): ReactNode {
  const change = useChangeSettings();
  return (
    <SettingRow
      label="Lock when nobody uses the computer"
      description="Counted from the last key press or move of the pointer, in any program."
      control={(names) => (
        <NativeSelect
          {...names}
          value={autoLockMinutes === null ? never : String(autoLockMinutes)}
          data={[
            ...withCurrent(offered, autoLockMinutes).map((minutes) => ({
              value: String(minutes),
              label: `After ${durationWords(minutes * 60)}`,
            })),
            { value: never, label: 'Never' },
          ]}
          onChange={({ currentTarget: { value } }) =>
            change.mutate({ autoLockMinutes: value === never ? null : Number(value) })
          }
        />
      )}
    />
  );
}

function ProgramsKeepOpen({ settings }: { settings: Settings }): ReactNode {
  const change = useChangeSettings();
  const { autoLockMinutes, programsKeepOpenMinutes } = settings;
  // Less than the person has themselves would change nothing.
  const useful = offeredToPrograms.filter((minutes) => minutes > (autoLockMinutes ?? 0));
  return (
    <SettingRow
      label="Programs keep it open"
      description={programsWords(settings)}
      control={(names) => (
        <NativeSelect
          {...names}
          disabled={autoLockMinutes === null}
          value={programsKeepOpenMinutes === null ? off : String(programsKeepOpenMinutes)}
          data={[
            { value: off, label: 'Off' },
            ...withCurrent(useful, programsKeepOpenMinutes).map((minutes) => ({
              value: String(minutes),
              label: `For ${durationWords(minutes * 60)} at most`,
            })),
          ]}
          onChange={({ currentTarget: { value } }) =>
            change.mutate({ programsKeepOpenMinutes: value === off ? null : Number(value) })
          }
        />
      )}
    />
  );
}
