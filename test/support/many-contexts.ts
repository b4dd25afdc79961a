import { join } from 'node:path';
import { systemClock } from '../../main/adapters/clock.ts';
import { systemRandom } from '../../main/adapters/random.ts';
import { ActivityLog } from '../../main/core/activity/activity-log.ts';
import { KeyService } from '../../main/core/credentials/keys/key-service.ts';
import { makeVault, openVault } from '../e2e/make-vault.ts';
import { addContext } from '../unit/main/registries/add-context.ts';

/** The host of the context of that number; the first is 0. */
export function hostOf(index: number): string {
  return `registry-${String(index)}.example:5000`;
}

/**
 * Makes a vault in a data folder with so many contexts, each for a host of its own: `Cluster 0`, the current one,
 * `Cluster 1` and so on. The product's own classes make all of it; no service knows the keys.
 *
 * @param isActive - Which ones are active, with a key, which takes some milliseconds to make; the others are signed
 * out.
 */
export async function makeVaultOfMany(
  dataFolder: string,
  passphrase: string,
  contexts: number,
  isActive: (index: number) => boolean = () => true,
): Promise<void> {
  const path = join(dataFolder, 'vault.db');
  await makeVault(path, passphrase);
  const vault = openVault(path);
  const activity = new ActivityLog({ vault, clock: systemClock });
  const keys = new KeyService({ vault, clock: systemClock, random: systemRandom, activity });
  await vault.unlock(Buffer.from(passphrase, 'utf8'));
  vault.sql().transaction(() => {
    for (let index = 0; index < contexts; index++) {
      const state = isActive(index) ? 'active' : 'signed_out';
      addContext({ vault, keys }, { name: `Cluster ${String(index)}`, host: hostOf(index), state });
    }
  });
  vault.close();
}
