import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../main/adapters/clock.ts';
import { fetchHttpClient } from '../../main/adapters/http-client.ts';
import { fileLogger } from '../../main/adapters/logger.ts';
import { systemRandom } from '../../main/adapters/random.ts';
import { ActivityLog } from '../../main/core/activity/activity-log.ts';
import { ContextService } from '../../main/core/contexts/context-service.ts';
import { Credentials } from '../../main/core/credentials/credentials.ts';
import { KeyService } from '../../main/core/credentials/keys/key-service.ts';
import { answerCall } from '../../main/ipc/answer-call.ts';
import { ipcContract } from '../../contracts/ipc/index.ts';
import type { ContextSummary } from '../../contracts/domain/context.ts';
import { findable, findAll } from '../../renderer/lib/search-words.ts';
import { openVault } from '../e2e/make-vault.ts';
import { makeVaultOfMany } from '../support/many-contexts.ts';
import { toFigure, type Bench } from './figure.ts';
import { interleavedMedians, type Measurement } from './rounds.ts';

const passphrase = 'plum anchor velvet lantern';
const sizes = { few: 100, many: 10_000 };
const rounds = { warmUp: 10, counted: 60 };

/** An unlocked vault of some contexts, with the product's own classes around it. */
interface Subject {
  count: number;
  contexts: ContextService;
  keys: KeyService;
  list: () => Promise<ContextSummary[]>;
  close: () => void;
}

async function makeSubject(folder: string, count: number): Promise<Subject> {
  // A hundred have keys, which are the ones to open; the others are signed out, because keys take long to make.
  await makeVaultOfMany(folder, passphrase, count, (index) => index % (count / sizes.few) === 0);
  const vault = openVault(join(folder, 'vault.db'));
  await vault.unlock(Buffer.from(passphrase, 'utf8'));
  const logger = fileLogger(folder, 'silent');
  const deps = { vault, clock: systemClock, random: systemRandom, logger, http: fetchHttpClient(fetch) };
  const activity = new ActivityLog(deps);
  const keys = new KeyService({ ...deps, activity });
  const credentials = new Credentials({ ...deps, keys, activity });
  const contexts = new ContextService({ ...deps, credentials, activity });
  const spec = ipcContract.calls.contexts.list;
  return {
    count,
    contexts,
    keys,
    list: async () => {
      const answer = await answerCall({
        name: 'contexts.list',
        spec,
        args: [undefined],
        vault,
        logger,
        handler: () => contexts.list(),
      });
      if (!answer.ok) throw new Error(answer.error.code);
      return answer.value as ContextSummary[];
    },
    close: () => {
      vault.close();
    },
  };
}

/** Microseconds that some work takes for each of so many items. */
async function perItem(items: number, work: () => unknown): Promise<number> {
  const begin = performance.now();
  await work();
  return ((performance.now() - begin) * 1000) / items;
}

function listing(subject: Subject): Measurement {
  return () => perItem(subject.count, subject.list);
}

function searching(subject: Subject, contexts: readonly ContextSummary[]): Measurement {
  return () =>
    perItem(subject.count, () => {
      const entries = findable(contexts, ({ name, label, host, userId }) => [name, label, host, userId]);
      if (findAll(entries, `cluster registry-${String(subject.count - 1)}.`).length !== 1) {
        throw new Error('The last context was not found.');
      }
    });
}

/** One is too quick for a clock, so some are opened. */
const opened = 50;

function opening(subject: Subject, contexts: readonly ContextSummary[]): Measurement {
  const ids = Array.from({ length: opened }, (_, index) =>
    String(contexts[Math.floor((index * contexts.length) / opened)]?.id),
  );
  return () =>
    perItem(opened, () => {
      for (const id of ids) subject.keys.list(subject.contexts.get(id).id);
    });
}

/** What main and window do to list, search and open contexts, for each of 10,000 against each of 100. */
export const benchVault: Bench = async (say) => {
  const folder = mkdtempSync(join(tmpdir(), 'kh-bench-'));
  try {
    say(`${sizes.many.toLocaleString('en')} contexts against ${String(sizes.few)}`);
    const few = await makeSubject(join(folder, 'few'), sizes.few);
    const many = await makeSubject(join(folder, 'many'), sizes.many);
    const [fewOnes, manyOnes] = [await few.list(), await many.list()];
    const medians = await interleavedMedians(
      {
        listFew: listing(few),
        listMany: listing(many),
        searchFew: searching(few, fewOnes),
        searchMany: searching(many, manyOnes),
        openFew: opening(few, fewOnes),
        openMany: opening(many, manyOnes),
      },
      rounds,
    );
    few.close();
    many.close();
    const row = (figure: string, value: number, peerValue: number): ReturnType<typeof toFigure> =>
      toFigure({
        id: 'vault',
        figure,
        unit: 'µs',
        value,
        peer: { name: '100 contexts', value: peerValue },
        goal: { of: 'ratio', atMost: 1.5 },
      });
    return [
      row('list 10,000 contexts, each', medians.listMany, medians.listFew),
      row('search 10,000 contexts, each', medians.searchMany, medians.searchFew),
      row('open one of 10,000 contexts', medians.openMany, medians.openFew),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
