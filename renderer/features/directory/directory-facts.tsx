import type { Directory } from '../../../contracts/ipc/directory.ts';
import { durationWords, exactTime } from '../../lib/format.ts';
import { Breakable } from '../../ui/breakable.tsx';
import type { Fact } from '../../ui/fact-list.tsx';

/** Where a directory is, and when its syncs are. */
export function directoryFacts(directory: Directory): Fact[] {
  const { host, baseDn, groups, syncSeconds, nextSyncAt, lastSuccessAt } = directory;
  return [
    { name: 'Server', value: <Breakable>{host}</Breakable> },
    { name: 'Looked for below', value: <Breakable>{baseDn}</Breakable> },
    { name: 'Groups', value: groups ? 'Synced with their members' : 'Not synced' },
    {
      name: 'Sync',
      value: syncSeconds === null ? 'Only by “Sync now”' : `Every ${durationWords(syncSeconds)}`,
    },
    { name: 'Last successful sync', value: lastSuccessAt === null ? 'Never' : exactTime(lastSuccessAt) },
    ...(nextSyncAt === null ? [] : [{ name: 'Next sync', value: exactTime(nextSyncAt) }]),
  ];
}

/** What a sync found and changed. */
export function syncFacts({ startedAt, endedAt, counts }: NonNullable<Directory['lastSync']>): Fact[] {
  return [
    { name: 'Begun', value: exactTime(startedAt) },
    { name: 'Ended', value: endedAt === null ? 'It goes on' : exactTime(endedAt) },
    ...(counts === null
      ? []
      : [
          { name: 'People found', value: counts.people.toLocaleString() },
          { name: 'With an account', value: counts.accounts.toLocaleString() },
          { name: 'Disabled', value: `${counts.disabled.toLocaleString()} who left` },
          { name: 'Enabled', value: `${counts.enabled.toLocaleString()} who came back` },
          {
            name: 'Memberships',
            value: `${counts.membershipsAdded.toLocaleString()} added, ${counts.membershipsRemoved.toLocaleString()} removed`,
          },
          ...names('Last administrators', counts.administratorsKept),
          ...names('Groups not taken', counts.groupsRefused),
        ]),
  ];
}

function names(name: string, all: readonly string[]): Fact[] {
  return all.length === 0 ? [] : [{ name, value: <Breakable>{all.join(', ')}</Breakable> }];
}
