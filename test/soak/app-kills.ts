import { killKinds, killRounds } from '../unit/main/vault/kill-rounds.ts';
import { removeVaults } from '../unit/main/vault/vault-parts.ts';
import type { SoakPart } from './tally.ts';

/** The vault, in a process of its own, killed at random moments of its writes. */
export const appKills: SoakPart = {
  name: 'app-kills',
  count: 200,
  run: async (count, tally) => {
    for (const kind of killKinds) await killRounds(kind, Math.ceil(count / killKinds.length), tally);
    removeVaults();
  },
};
