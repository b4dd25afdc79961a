import { randomInt } from 'node:crypto';
import { scrubFolder } from '../support/local-server.ts';
import { makeSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { startTestServer, type TestServerProcess } from '../support/server.ts';
import { breakDisk, canMakeDisks, diskFaults, type DiskFault } from './disk-faults.ts';
import { Ledger } from './ledger.ts';
import { ServerChecks } from './server-checks.ts';
import { ServerLoad } from './server-load.ts';
import type { SoakPart, Tally } from './tally.ts';

/** After so many rounds the disk is a new one, mebibytes of it. */
const perDisk = { rounds: 5, mebibytes: 128 };

/** Resolves once the load was acknowledged or refused so often more. */
function after(load: ServerLoad, more: { acknowledgments: number; refusals: number }): Promise<void> {
  const until = {
    acknowledged: load.ledger.acknowledged + more.acknowledgments,
    refused: load.refused + more.refusals,
  };
  return new Promise((resolve) => {
    const look = (): void => {
      if (load.ledger.acknowledged >= until.acknowledged || load.refused >= until.refused) resolve();
    };
    load.ledger.onAcknowledged = look;
    load.onRefused = look;
  });
}

/** Uses a server whose disk fails for a while in the middle of it. */
async function useOnFailingDisk(
  server: TestServerProcess,
  load: ServerLoad,
  disk: SmallDisk,
  fault: DiskFault,
): Promise<void> {
  const using = load.use(server, { mayRefuse: true });
  await after(load, { acknowledgments: randomInt(1, 20), refusals: Infinity });
  const mend = breakDisk(disk, fault, 400_000);
  await after(load, { acknowledgments: 200, refusals: randomInt(1, 20) });
  mend();
  await after(load, { acknowledgments: randomInt(1, 20), refusals: Infinity });
  load.stop();
  await using;
}

async function runOnOneDisk(rounds: number, fault: DiskFault, tally: Tally): Promise<void> {
  const disk = makeSmallDisk(perDisk.mebibytes);
  const load = new ServerLoad(new Ledger(), (what) => tally.wrong.push(`${fault}: ${what}`));
  const checks = new ServerChecks(load, tally);
  const start = (): Promise<TestServerProcess> => startTestServer({ args: ['--data', disk.folder] });
  let server = await start();
  try {
    for (let round = 1; round <= rounds && !tally.stopped; round += 1) {
      await useOnFailingDisk(server, load, disk, fault);
      await server.stop();
      const { well, said } = await scrubFolder(disk.folder);
      if (!well) tally.wrong.push(...said);
      server = await start();
      await checks.check(server, { all: true });
      tally.count(`rounds ${fault}`);
    }
    tally.count('acknowledgments', load.ledger.acknowledged);
    tally.count('refusals', load.refused);
  } finally {
    await server.kill();
    disk.remove();
  }
}

/** The server on a disk that gets full, and in a folder that gets read-only, in the middle of writes. */
export const serverDisk: SoakPart = {
  name: 'server-disk',
  count: 100,
  run: async (count, tally) => {
    if (!canMakeDisks(tally)) return;
    for (let left = count; left > 0 && !tally.stopped; left -= perDisk.rounds * diskFaults.length) {
      for (const fault of diskFaults) {
        const rounds = Math.min(perDisk.rounds, Math.ceil(left / diskFaults.length));
        await runOnOneDisk(rounds, fault, tally);
      }
    }
  },
};
