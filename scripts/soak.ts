/**
 * The long runs of the tests that leave something to chance. Prints a line of figures for each part, and what should not
 * have been found. Ctrl+C ends it after the round that is under way, with the figures so far.
 * Usage: npm run soak [-- NAME [COUNT]]
 */
import { caseParts, roundParts } from '../test/soak/parts.ts';
import { Tally, type SoakPart } from '../test/soak/tally.ts';

const parts = [...roundParts, ...caseParts];
const stop = new AbortController();
/** A second one ends it at once. */
process.once('SIGINT', () => {
  stop.abort();
});

/** The parts that were asked for, each with how many rounds it is to have; null when there is no such part. */
function chosen([name, count]: readonly string[]): readonly SoakPart[] | null {
  if (name === undefined) return parts;
  const part = parts.find((one) => one.name === name);
  if (part === undefined || (count !== undefined && !/^[1-9]\d*$/.test(count))) return null;
  return [count === undefined ? part : { ...part, count: Number(count) }];
}

/** Runs a part and prints what came of it. @returns how much was wrong */
async function soak({ name, count, run }: SoakPart): Promise<number> {
  const tally = new Tally(stop.signal);
  const started = performance.now();
  try {
    await run(count, tally);
  } catch (error) {
    // What is stopped in the middle may break off.
    if (!tally.stopped)
      tally.wrong.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const ended = tally.stopped ? ', stopped' : '';
  console.log(`${name}: ${tally.figures()}, ${tally.wrong.length} wrong (${seconds} s${ended})`);
  for (const what of tally.wrong) console.log(`  ${what}`);
  return tally.wrong.length;
}

const wanted = chosen(process.argv.slice(2));
if (wanted === null) {
  console.error(
    `Usage: npm run soak [-- NAME [COUNT]], with one of: ${parts.map(({ name }) => name).join(', ')}`,
  );
  process.exitCode = 2;
}
for (const part of wanted ?? []) {
  if (stop.signal.aborted) break;
  if ((await soak(part)) > 0) process.exitCode = 1;
}
