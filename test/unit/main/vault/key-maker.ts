/**
 * Makes keys until it is killed and prints the kid of each once it is saved. Usage: key-maker.ts <vault file>
 */
import { dirname } from 'node:path';
import { argon2Kdf } from '../../../../main/adapters/kdf.ts';
import { fileLogger } from '../../../../main/adapters/logger.ts';
import { systemClock } from '../../../../main/adapters/clock.ts';
import { systemRandom } from '../../../../main/adapters/random.ts';
import { SqliteVaultFile } from '../../../../main/adapters/vault-file.ts';
import { writeSync } from 'node:fs';
import { ActivityLog } from '../../../../main/core/activity/activity-log.ts';
import { KeyService } from '../../../../main/core/keys/key-service.ts';
import { Vault } from '../../../../main/core/vault/vault.ts';
import { cheapest, passphrase } from './vault-parts.ts';

const path = process.argv[2] ?? '';
const vault = new Vault({
  file: new SqliteVaultFile(path, null),
  clock: systemClock,
  random: systemRandom,
  kdf: argon2Kdf,
  logger: fileLogger(dirname(path), 'silent'),
  kdfParameters: cheapest,
});
const activity = new ActivityLog({ vault, clock: systemClock });
const keys = new KeyService({ vault, clock: systemClock, random: systemRandom, activity });

await vault.unlock(Buffer.from(passphrase));
for (;;) {
  const key = vault.sql().transaction(() => keys.create('context-1', 'laptop'));
  writeSync(1, `${key.kid}\n`);
}
