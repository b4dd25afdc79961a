import { afterEach, describe, expect, it } from 'vitest';
import { removeVaults } from '../unit/main/vault/vault-parts.ts';
import { caseParts } from './parts.ts';
import { migrateKills } from './migrate-kills.ts';
import { serverKills } from './server-kills.ts';
import { Tally } from './tally.ts';
import { vaultDisk } from './vault-disk.ts';

afterEach(removeVaults);

/**
 * A million each in `npm run soak`. Each rule has its own test in test/unit; here each run draws other cases, for what nobody
 * thought of. A broken rule was mostly found within some hundred; what takes more is the command's to find.
 */
const cases = 500;

describe(`with any of ${String(cases)} random cases`, () => {
  it.each(caseParts)('nothing is found wrong: $name', async ({ run }) => {
    const tally = new Tally();
    await run(cases, tally);
    expect(tally.wrong).toEqual([]);
    expect(tally.of('cases')).toBe(cases);
  });
});

/**
 * A hundred each in `npm run soak`. The app's kills are in test/unit/main/vault, the server on a disk that fails in
 * test/contract/registry-full-disk.test.ts.
 */
describe('with processes that are killed and disks that fail', () => {
  it.each([
    { part: serverKills, rounds: 1 },
    { part: migrateKills, rounds: 3 },
    { part: vaultDisk, rounds: 2 },
  ])('nothing is found wrong in $rounds rounds: $part.name', async ({ part, rounds }) => {
    const tally = new Tally();
    await part.run(rounds, tally);
    expect(tally.wrong).toEqual([]);
    // Where nothing can be mounted it says why.
    process.stdout.write(`${part.name}: ${tally.figures()}\n`);
  });
});
