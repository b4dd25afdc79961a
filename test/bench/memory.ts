import { join } from 'node:path';
import type {} from '../../preload/index.ts';
import { electronRuntime } from '../../scripts/setup/runtime.mjs';
import { launchApp, makeHome, type Home, type RunningApp } from '../e2e/launch.ts';
import { hostOf, makeVaultOfMany } from '../support/many-contexts.ts';
import { askForCredentials } from './agent-clients.ts';
import { toFigure, type Bench, type Figure, type Peer } from './figure.ts';
import { startProbed, untilPainted } from './page-probe.ts';
import { canMeasureMemory, settledMemory } from './process-memory.ts';
import { interleavedMedians } from './rounds.ts';
import { blankReady, unlockReady } from './screens.ts';
import { inMain } from '../support/in-main.ts';

const root = join(import.meta.dirname, '..', '..');
const passphrase = 'plum anchor velvet lantern';
const contexts = 10;
const rounds = { warmUp: 0, counted: 3 };
/**
 * The same load comes twice, and the second is what counts: in the first, compiled code and the allocators' pools
 * grow to the size they work with, and stay there. What leaks grows in the second as it did in the first.
 */
const load = { cycles: 1000, gets: 10_000, clients: 8 };

/** What the app holds when nobody does anything with it, MiB. */
async function idle(home: Home, unlocked: boolean): Promise<number> {
  const app = await startProbed([`--user-data-dir=${home.dataFolder}`, root], unlockReady, home.env);
  try {
    if (unlocked) {
      for (const character of passphrase) await app.page.press(character);
      await app.page.evaluate('document.activeElement.form.requestSubmit()');
      await app.page.evaluate(untilPainted(`document.documentElement.dataset.ready === 'shell'`));
    }
    return await settledMemory(app.pid);
  } finally {
    await app.quit();
  }
}

async function blank(home: Home): Promise<number> {
  const folder = join(import.meta.dirname, 'blank-app');
  const args = [`--user-data-dir=${join(home.folder, 'blank')}`, folder];
  const app = await startProbed(args, blankReady, home.env);
  try {
    return await settledMemory(app.pid);
  } finally {
    await app.quit();
  }
}

async function idleFigures(home: Home): Promise<Figure[]> {
  const medians = await interleavedMedians(
    { locked: () => idle(home, false), unlocked: () => idle(home, true), blank: () => blank(home) },
    rounds,
  );
  const peer: Peer = { name: `blank window, Electron ${electronRuntime().version}`, value: medians.blank };
  const goal = { of: 'ratio', atMost: 1.3 } as const;
  const facts = { id: 'memory', unit: 'MiB', peer, goal };
  return [
    toFigure({ ...facts, figure: 'idle memory of all processes, locked', value: medians.locked }),
    toFigure({ ...facts, figure: 'idle memory of all processes, unlocked', value: medians.unlocked }),
  ];
}

/** Locks and unlocks the vault so many times, the window going along each time. */
async function cycle({ window: page }: RunningApp, times: number): Promise<void> {
  await page.evaluate(
    async ({ left, secret }) => {
      const shown = (screen: string): Promise<void> =>
        new Promise((resolve) => {
          const look = (): void => {
            if (document.documentElement.dataset['ready'] === screen) resolve();
            else requestAnimationFrame(look);
          };
          look();
        });
      for (let cycles = left; cycles > 0; cycles--) {
        const opened = await window.keyhold.vault.unlock({ passphrase: secret });
        if (!opened.ok) throw new Error(opened.error.code);
        await shown('shell');
        await window.keyhold.vault.lock({ by: 'click' });
        await shown('unlock');
      }
    },
    { left: times, secret: passphrase },
  );
}

/** Has so many credentials made, and leaves the vault locked as it was. */
async function give(app: RunningApp, home: Home, gets: number): Promise<void> {
  const opened = await app.window.evaluate(
    (secret) => window.keyhold.vault.unlock({ passphrase: secret }),
    passphrase,
  );
  if (!opened.ok) throw new Error(opened.error.code);
  const socketPath = join(home.runtimeFolder, 'keyhold', 'agent.sock');
  const hosts = Array.from({ length: contexts }, (_, index) => hostOf(index));
  await askForCredentials({ socketPath, hosts, clients: load.clients, requests: gets });
  await app.window.evaluate(() => window.keyhold.vault.lock({ by: 'click' }));
}

/** What is left once both processes that run our code have thrown away what they no longer need, MiB. */
async function kept(app: RunningApp): Promise<number> {
  const collect = (): void => {
    (globalThis as unknown as { gc: () => void }).gc();
  };
  await inMain(app.electron, collect);
  await app.window.evaluate(collect);
  const { pid } = app.electron.process();
  if (pid === undefined) throw new Error('The app has no process.');
  return settledMemory(pid);
}

async function growthFigures(home: Home, say: (text: string) => void): Promise<Figure[]> {
  const app = await launchApp(home, { args: ['--js-flags=--expose-gc'] });
  try {
    say(`to warm up: ${String(load.cycles)} times unlock and lock, ${String(load.gets)} credentials`);
    await cycle(app, load.cycles);
    await give(app, home, load.gets);
    const before = await kept(app);
    const facts = { id: 'memory', unit: 'MiB', goal: { of: 'ratio', atMost: 1.05 } } as const;
    const peer: Peer = { name: 'before', value: before };
    say(`${String(load.cycles)} times unlock and lock`);
    await cycle(app, load.cycles);
    const cycles = await kept(app);
    say(`${String(load.gets)} credentials`);
    await give(app, home, load.gets);
    const gets = await kept(app);
    return [
      toFigure({ ...facts, peer, figure: 'memory after 1,000 times more unlock and lock', value: cycles }),
      toFigure({ ...facts, peer, figure: 'memory after 10,000 credentials more', value: gets }),
    ];
  } finally {
    await app.electron.close();
  }
}

/** What the app holds while idle, against a blank window, and whether work makes it grow. */
export const benchMemory: Bench = async (say) => {
  if (!canMeasureMemory) {
    say('left out: only Linux tells how much memory processes hold without counting shared pages twice');
    return [];
  }
  const home = makeHome();
  try {
    await makeVaultOfMany(home.dataFolder, passphrase, contexts);
    say(`idle: ${String(rounds.counted)} rounds`);
    const idleOnes = await idleFigures(home);
    return [...idleOnes, ...(await growthFigures(home, say))];
  } finally {
    home.remove();
  }
};
