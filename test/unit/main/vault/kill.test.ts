import { afterEach, describe, expect, it } from 'vitest';
import { Tally } from '../../../soak/tally.ts';
import { killKinds, killRounds } from './kill-rounds.ts';
import { migrationKills } from './migration-kills.ts';
import { removeVaults } from './vault-parts.ts';

afterEach(removeVaults);

/** Of each kind; `npm run soak` has fifty. */
const rounds = 3;

describe('a vault whose app is killed', () => {
  it.each(killKinds)(
    'at a random moment of its writes (%s) opens again with all that was reported as done',
    async (kind) => {
      const tally = new Tally();
      await killRounds(kind, rounds, tally);
      expect(tally.wrong).toEqual([]);
      expect(tally.of('writes')).toBeGreaterThanOrEqual(rounds);
    },
  );

  it('while its vault is migrated loses nothing', async () => {
    const tally = new Tally();
    await migrationKills(4, tally);
    expect(tally.wrong).toEqual([]);
    expect(tally.of('kills')).toBe(4);
  });
});
