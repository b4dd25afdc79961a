import { join } from 'node:path';
import { argon2Kdf } from '../../main/adapters/kdf.ts';
import { makeHome, type Home } from '../e2e/launch.ts';
import { cheapest } from '../e2e/make-vault.ts';
import { makeVaultOfMany } from '../support/many-contexts.ts';
import { toFigure, type Bench } from './figure.ts';
import { startProbed, untilPainted, type ProbedPage } from './page-probe.ts';
import { interleavedMedians } from './rounds.ts';
import { unlockReady } from './screens.ts';

const root = join(import.meta.dirname, '..', '..');
const passphrase = 'plum anchor velvet lantern';
const sizes = { few: 10, many: 10_000 };
const rounds = { warmUp: 1, counted: 9 };

/** The sidebar, with the context that is the current one. */
const shellReady = [
  `document.documentElement.dataset.ready === 'shell'`,
  `document.querySelector('aside')?.textContent.includes('Cluster 0')`,
].join(' && ');

/** Milliseconds from the passphrase being sent until the first screen behind it was painted. */
async function unlock(page: ProbedPage): Promise<number> {
  for (const character of passphrase) await page.press(character);
  const ms = await page.evaluate(`(async () => {
    const field = document.activeElement;
    if (field.value !== '${passphrase}') throw new Error('The passphrase was not typed.');
    const begin = performance.now();
    field.form.requestSubmit();
    await ${untilPainted(shellReady)};
    return performance.now() - begin;
  })()`);
  return Number(ms);
}

/** Starts the app as a person does each morning, and unlocks it. */
async function startAndUnlock(home: Home): Promise<number> {
  const app = await startProbed([`--user-data-dir=${home.dataFolder}`, root], unlockReady, home.env);
  try {
    return await unlock(app.page);
  } finally {
    await app.quit();
  }
}

/** What the passphrase's key costs, milliseconds; the vaults' slots have the least cost. */
async function deriveKey(): Promise<number> {
  const begin = performance.now();
  await argon2Kdf.argon2id(Buffer.from(passphrase), Buffer.alloc(16), cheapest);
  return performance.now() - begin;
}

/** From the passphrase to the first screen, less the key derivation, with 10 and with 10,000 contexts. */
export const benchUnlock: Bench = async (say) => {
  const [few, many] = [makeHome(), makeHome()];
  try {
    say(
      `making ${sizes.many.toLocaleString('en')} contexts with their keys, which takes half a minute or more`,
    );
    await makeVaultOfMany(few.dataFolder, passphrase, sizes.few);
    await makeVaultOfMany(many.dataFolder, passphrase, sizes.many);
    say(`${String(rounds.counted)} rounds after ${String(rounds.warmUp)} to warm up, each with a new start`);
    const medians = await interleavedMedians(
      { few: () => startAndUnlock(few), many: () => startAndUnlock(many), kdf: deriveKey },
      rounds,
    );
    const value = medians.many - medians.kdf;
    const facts = { id: 'unlock', figure: 'unlock to first screen, 10,000 contexts', unit: 'ms', value };
    return [
      toFigure({ ...facts, goal: { of: 'value', atMost: 250 } }),
      toFigure({
        ...facts,
        peer: { name: '10 contexts', value: medians.few - medians.kdf },
        goal: { of: 'ratio', atMost: 1.2 },
      }),
    ];
  } finally {
    few.remove();
    many.remove();
  }
};
