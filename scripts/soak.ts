/**
 * The long runs of the tests that leave something to chance. Prints one line of figures for each.
 * Usage: npm run soak [-- ROUNDS]
 */
import { killKinds, killRounds, type KillFigures } from '../test/unit/main/vault/kill-rounds.ts';
import { removeVaults } from '../test/unit/main/vault/vault-parts.ts';

const allRounds = Number(process.argv[2] ?? 200);

async function soakKills(): Promise<KillFigures[]> {
  const figures: KillFigures[] = [];
  for (const kind of killKinds) {
    const one = await killRounds(kind, Math.ceil(allRounds / killKinds.length));
    console.log(
      `killed while writing (${kind}): ${one.rounds} rounds, ${one.done} writes reported as done, ` +
        `${one.wrong.length} found wrong`,
    );
    for (const what of one.wrong) console.log(`  ${what}`);
    figures.push(one);
  }
  removeVaults();
  return figures;
}

const figures = await soakKills();
const total = (count: (one: KillFigures) => number): number =>
  figures.reduce((sum, one) => sum + count(one), 0);
const wrong = total((one) => one.wrong.length);
console.log(`${total((one) => one.rounds)} kills, ${total((one) => one.done)} writes, ${wrong} found wrong`);
process.exitCode = wrong === 0 ? 0 : 1;
