import { join } from 'node:path';
import { electronRuntime } from '../../scripts/setup/runtime.mjs';
import { makeHome, type Home } from '../e2e/launch.ts';
import { makeVault } from '../e2e/make-vault.ts';
import { toFigure, type Bench } from './figure.ts';
import { startProbed } from './page-probe.ts';
import { interleavedMedians } from './rounds.ts';
import { blankReady, fieldValue, unlockReady } from './screens.ts';

const root = join(import.meta.dirname, '..', '..');
const rounds = { warmUp: 2, counted: 15 };

async function startKeyhold(home: Home): Promise<number> {
  const app = await startProbed([`--user-data-dir=${home.dataFolder}`, root], unlockReady, home.env);
  try {
    await app.page.press('k');
    const typed = await app.page.evaluate(fieldValue);
    if (typed !== 'k') throw new Error('The passphrase field did not take what was typed.');
    return app.startMs;
  } finally {
    await app.quit();
  }
}

async function startBlank(home: Home): Promise<number> {
  const folder = join(import.meta.dirname, 'blank-app');
  const app = await startProbed(
    [`--user-data-dir=${join(home.folder, 'blank')}`, folder],
    blankReady,
    home.env,
  );
  await app.quit();
  return app.startMs;
}

/** From process start to the unlock screen ready for typing, against a blank window on the same Electron. */
export const benchStart: Bench = async (say) => {
  const home = makeHome();
  try {
    await makeVault(join(home.dataFolder, 'vault.db'), 'plum anchor velvet lantern');
    say(`${String(rounds.counted)} rounds after ${String(rounds.warmUp)} to warm up`);
    const { keyhold, blank } = await interleavedMedians(
      { keyhold: () => startKeyhold(home), blank: () => startBlank(home) },
      rounds,
    );
    return [
      toFigure({
        id: 'start',
        figure: 'process start to unlock screen ready for typing',
        unit: 'ms',
        value: keyhold,
        peer: { name: `blank window, Electron ${electronRuntime().version}`, value: blank },
        goal: { of: 'ratio', atMost: 1.25 },
      }),
    ];
  } finally {
    home.remove();
  }
};
