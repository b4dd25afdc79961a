import { agentRequests } from './agent-requests.ts';
import { appKills } from './app-kills.ts';
import { authFiles } from './auth-files.ts';
import { helperInput } from './helper-input.ts';
import { migrateKills } from './migrate-kills.ts';
import { permissionRules } from './permission-rules.ts';
import { serverDisk } from './server-disk.ts';
import { serverKills } from './server-kills.ts';
import { serverSettings } from './server-settings.ts';
import { serverTokens } from './server-tokens.ts';
import type { SoakPart } from './tally.ts';
import { vaultDisk } from './vault-disk.ts';
import { vaultFiles } from './vault-files.ts';
import { vaultMigrateKills } from './vault-migrate-kills.ts';

/** What leaves something to chance in many rounds: processes that are killed, disks that fail. */
export const roundParts: readonly SoakPart[] = [
  appKills,
  vaultMigrateKills,
  serverKills,
  migrateKills,
  serverDisk,
  vaultDisk,
];

/** Properties that are checked with many random cases. */
export const caseParts: readonly SoakPart[] = [
  ...[serverTokens, helperInput, agentRequests, authFiles, vaultFiles, serverSettings, permissionRules],
];
