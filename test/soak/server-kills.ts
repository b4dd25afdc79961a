import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scrubFolder } from '../support/local-server.ts';
import { startTestServer, type TestServerProcess } from '../support/server.ts';
import { Ledger } from './ledger.ts';
import { ServerChecks } from './server-checks.ts';
import { ServerLoad } from './server-load.ts';
import type { SoakPart } from './tally.ts';

/** Most acknowledgments before the end, and milliseconds after the last of them. */
const mostLife = { acknowledgments: 60, ms: 15 };
/** All contents on the disk are read after so many rounds. */
const scrubEvery = 10;

/** Uses a server and kills it some time after one of its acknowledgments. */
async function useAndKill(server: TestServerProcess, load: ServerLoad): Promise<void> {
  const until = load.ledger.acknowledged + 1 + randomInt(mostLife.acknowledgments);
  load.ledger.onAcknowledged = (count) => {
    // The moment is the point here, and it is left to chance.
    if (count === until) setTimeout(() => void server.kill(), Math.random() * mostLife.ms);
  };
  await load.use(server, { mayRefuse: false });
  load.ledger.onAcknowledged = () => undefined;
  if ((await server.kill()) !== null) load.wrong(`the server ended by itself: ${server.log().slice(-500)}`);
}

/** The server, in a process of its own, killed at random moments of pushes, uploads, grants, registrations and revocations. */
export const serverKills: SoakPart = {
  name: 'server-kills',
  count: 100,
  run: async (count, tally) => {
    const folder = await mkdtemp(join(tmpdir(), 'keyhold-soak-'));
    const load = new ServerLoad(new Ledger(), (what) => tally.wrong.push(what));
    const checks = new ServerChecks(load, tally);
    const start = (): Promise<TestServerProcess> => startTestServer({ args: ['--data', folder] });
    let server = await start();
    try {
      for (let round = 1; round <= count && !tally.stopped; round += 1) {
        const before = load.ledger.acknowledged;
        await useAndKill(server, load);
        tally.count('kills');
        tally.count('acknowledgments', load.ledger.acknowledged - before);
        const isLast = round === count || tally.stopped;
        if (round % scrubEvery === 0 || isLast) {
          const { well, said } = await scrubFolder(folder);
          if (!well) tally.wrong.push(...said);
        }
        server = await start();
        await checks.check(server, { all: isLast });
      }
    } finally {
      await server.kill();
      await rm(folder, { recursive: true, force: true });
    }
  },
};
