import { migrationKills } from '../unit/main/vault/migration-kills.ts';
import type { SoakPart } from './tally.ts';

/** A vault of an earlier version, in a process of its own, killed at random moments of its migration. */
export const vaultMigrateKills: SoakPart = { name: 'vault-migrate-kills', count: 200, run: migrationKills };
