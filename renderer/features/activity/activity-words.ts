import type { LockReason } from '../../../contracts/domain/lock.ts';
import type { ActivityEntry } from '../../../contracts/ipc/activity.ts';
import type { ActivityDisplays } from '../../lib/activity-display.ts';
import { accessActivity } from '../access/activity.ts';
import { accountActivity } from '../accounts/activity.ts';
import { apiTokenActivity } from '../api-tokens/activity.ts';
import { auditActivity } from '../audit/activity.ts';
import { apiKeyActivity } from '../api-keys/activity.ts';
import { memberActivity } from '../members/activity.ts';
import { orgActivity } from '../orgs/activity.ts';
import { projectActivity } from '../projects/activity.ts';
import { approvalActivity } from '../approvals/activity.ts';
import { backupActivity } from '../backup/activity.ts';
import { botActivity } from '../bots/activity.ts';
import { contextActivity } from '../contexts/activity.ts';
import { directoryActivity } from '../directory/activity.ts';
import { grantActivity } from '../grants/activity.ts';
import { groupActivity } from '../groups/activity.ts';
import { imageActivity } from '../images/activity.ts';
import { keyActivity } from '../keys/activity.ts';
import { remoteKeyActivity } from '../remote-keys/activity.ts';
import { ruleActivity } from '../rules/activity.ts';
import { registryActivity } from '../registries/activity.ts';
import { settingsActivity } from '../settings/activity.ts';
import { signOutActivity } from '../sign-out/activity.ts';
import { tokenActivity } from '../tokens/activity.ts';
import { userActivity } from '../users/activity.ts';
import { vaultActivity } from '../vault/activity.ts';

/** Words and picture for every kind of entry, each from its feature. A kind without them does not compile. */
export const activityDisplays: ActivityDisplays = {
  ...vaultActivity,
  ...backupActivity,
  ...contextActivity,
  ...signOutActivity,
  ...keyActivity,
  ...tokenActivity,
  ...registryActivity,
  ...settingsActivity,
  ...botActivity,
  ...grantActivity,
  ...accessActivity,
  ...imageActivity,
  ...projectActivity,
  ...orgActivity,
  ...memberActivity,
  ...apiKeyActivity,
  ...accountActivity,
  ...userActivity,
  ...groupActivity,
  ...apiTokenActivity,
  ...auditActivity,
  ...directoryActivity,
  ...remoteKeyActivity,
  ...ruleActivity,
  ...approvalActivity,
};

type Kind = ActivityEntry['kind'];

export type ActivitySubject =
  'all' | 'vault' | 'contexts' | 'keys' | 'tokens' | 'registries' | 'organization' | 'approvals' | 'warnings';

const allKinds = Object.keys(activityDisplays) as Kind[];

function kindsOf(...prefixes: string[]): Kind[] {
  return allKinds.filter((kind) => prefixes.some((prefix) => kind.startsWith(`${prefix}.`)));
}

/** What the list can be narrowed to; `kinds` null for everything. */
export const activitySubjects: Readonly<Record<ActivitySubject, { label: string; kinds: Kind[] | null }>> = {
  all: { label: 'All activity', kinds: null },
  vault: { label: 'Vault', kinds: kindsOf('vault', 'backup', 'settings') },
  contexts: { label: 'Contexts', kinds: kindsOf('context', 'unrevoked', 'session', 'pasted') },
  keys: { label: 'Keys', kinds: kindsOf('key', 'api_key', 'api_token', 'remote_key') },
  tokens: { label: 'Tokens', kinds: kindsOf('token') },
  registries: { label: 'Registries', kinds: kindsOf('registry', 'helper') },
  organization: {
    label: 'Organization',
    kinds: kindsOf(
      ...[
        'org',
        'member',
        'invitation',
        'audit_log',
        'directory',
        'api_key',
        'project',
        'branch',
        'account',
        'user',
        'group',
        'bot',
        'access',
      ],
    ),
  },
  approvals: { label: 'Approvals', kinds: kindsOf('approval', 'role') },
  warnings: {
    label: 'Warnings',
    kinds: allKinds.filter((kind) => activityDisplays[kind].tone === 'warning'),
  },
};

const lockReasonWords = new Map<string, string>(
  Object.entries({
    click: 'in the window',
    shortcut: 'by the keyboard',
    tray: 'from the tray',
    idle: 'nobody used the computer',
    suspend: 'the computer went to sleep',
    screen_lock: 'the screen was locked',
    command: 'by keyhold lock',
    quit: 'Keyhold was closed',
  } satisfies Record<LockReason, string>),
);

/** An entry's detail. Only the reason for a lock is a code that needs words. */
export function detailWords({ kind, detail }: ActivityEntry): string | null {
  if (kind !== 'vault.locked' || detail === null) return detail;
  return lockReasonWords.get(detail) ?? detail;
}
