import { randomBytes, randomInt } from 'node:crypto';
import { join } from 'node:path';
import { KeyholdError } from '../../contracts/errors.ts';
import { makeSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import {
  addWorkContext,
  restartBackups,
  save,
  withBackups,
  type BackupParts,
} from '../unit/main/backup/backup-parts.ts';
import { passphrase, removeVaults, unlock, vaultParts } from '../unit/main/vault/vault-parts.ts';
import { breakDisk, canMakeDisks, diskFaults, type DiskFault } from './disk-faults.ts';
import type { SoakPart, Tally } from './tally.ts';

/** A vault on a small disk, and what it said that it has. */
interface Written {
  parts: BackupParts;
  contextId: string;
  passphrase: string;
  kids: string[];
}

/** Most writes while the disk fails, and refusals after which it is mended. */
const most = { writes: 60, refusals: 6 };

const kinds = ['key', 'key', 'key', 'copy', 'backup', 'passphrase', 'rekey'] as const;

/** Writes something of a kind; what it reports as done is noted. */
async function write(kind: (typeof kinds)[number], written: Written): Promise<void> {
  const { parts } = written;
  parts.clock.time += 86_400_000;
  switch (kind) {
    case 'key':
      written.kids.push(parts.keys.create(written.contextId, 'laptop').kid);
      return;
    case 'copy':
      parts.copies.keepDaily();
      return;
    case 'backup':
      await save(parts);
      return;
    case 'passphrase': {
      const next = `plum anchor velvet ${randomBytes(8).toString('hex')}`;
      await parts.slots.changePassphrase({ old: Buffer.from(written.passphrase), new: Buffer.from(next) });
      written.passphrase = next;
      return;
    }
    case 'rekey':
      await parts.slots.rekey(Buffer.from(written.passphrase));
  }
}

/** @returns whether it was done; when not, it was refused in the one way there is for it */
async function tryToWrite(kind: (typeof kinds)[number], written: Written): Promise<boolean> {
  try {
    await write(kind, written);
    return true;
  } catch (error) {
    if (error instanceof KeyholdError && error.code === 'storage_failed') return false;
    throw error;
  }
}

async function newVaultOn(disk: SmallDisk): Promise<Written> {
  const parts = withBackups(vaultParts(join(disk.folder, 'home')));
  await parts.vault.create(Buffer.from(passphrase));
  const contextId = addWorkContext(parts.vault, { current: true }).id;
  return { parts, contextId, passphrase, kids: [parts.keys.create(contextId, 'first').kid] };
}

/** A new start of the app: all that was reported as done is there, and the log holds. */
async function check(written: Written, wrong: (what: string) => void): Promise<void> {
  const parts = restartBackups(written.parts);
  written.parts = parts;
  await unlock(parts.vault, written.passphrase);
  const kept = parts.keys.list(written.contextId).map(({ kid }) => kid);
  if (kept.toSorted().join() !== written.kids.toSorted().join()) {
    wrong(`there are ${String(kept.length)} keys of ${String(written.kids.length)}`);
  }
  for (const kid of kept) parts.keys.signJwt(kid, { typ: 'JWT', alg: 'Ed25519' }, {});
  if (parts.activity.verify().brokenAt !== null) wrong('the activity log is broken');
  const temporary = parts.vaultFolder.copies().length;
  if (parts.copies.good().length !== temporary) wrong('a copy of the vault is not whole');
}

async function round(fault: DiskFault, tally: Tally): Promise<void> {
  const disk = makeSmallDisk(8);
  const wrong = (what: string): void => {
    tally.wrong.push(`${fault}: ${what}`);
  };
  try {
    const written = await newVaultOn(disk);
    const pick = (): (typeof kinds)[number] => kinds[randomInt(kinds.length)] ?? 'key';
    for (let writes = randomInt(6); writes > 0; writes -= 1) await write(pick(), written);
    const mend = breakDisk(disk, fault, 200_000);
    let refusals = 0;
    for (let writes = 0; writes < most.writes && refusals < most.refusals; writes += 1) {
      if (await tryToWrite(pick(), written)) tally.count('writes done');
      else refusals += 1;
    }
    tally.count('writes refused', refusals);
    mend();
    if (!(await tryToWrite('key', written))) wrong('no key can be made when the disk is well again');
    await check(written, wrong);
    tally.count(`rounds ${fault}`);
  } catch (error) {
    wrong(String(error));
  } finally {
    removeVaults();
    disk.remove();
  }
}

/** The vault on a disk that gets full, and in a folder that gets read-only, in the middle of writes. */
export const vaultDisk: SoakPart = {
  name: 'vault-disk',
  count: 100,
  run: async (count, tally) => {
    if (!canMakeDisks(tally)) return;
    for (let done = 0; done < count && !tally.stopped; done += 1) {
      await round(diskFaults[done % diskFaults.length] ?? 'full', tally);
    }
  },
};
