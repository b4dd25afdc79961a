import { join } from 'node:path';
import { makeHome } from '../e2e/launch.ts';
import { toFigure, type Bench, type Figure, type Goal } from './figure.ts';
import { missingForPeer, startOwnRegistry, startPeerRegistry, type BenchRegistry } from './registries.ts';
import { Subject } from './registry-subject.ts';
import { interleavedMedians, type Measurement, type Rounds } from './rounds.ts';

const blobRounds: Rounds = { warmUp: 1, counted: 5 };
const manifestRounds: Rounds = { warmUp: 2, counted: 9 };
const peerName = 'docker-registry, token authentication';

/** The reference server's registry against Debian's docker-registry, on the same disk. */
export const benchRegistry: Bench = async (say) => {
  const home = makeHome();
  const missing = missingForPeer();
  if (missing.length > 0) say(`without its peer, as this machine does not have ${missing.join(', ')}`);
  const registries: BenchRegistry[] = [await startOwnRegistry(join(home.folder, 'own'))];
  try {
    if (missing.length === 0) registries.push(await startPeerRegistry(join(home.folder, 'peer')));
    const [own, peer = null] = registries.map((registry) => new Subject(registry));
    if (own === undefined) throw new Error('There is no registry to measure.');
    return await measure(own, peer, missing, say);
  } finally {
    for (const registry of registries) await registry.stop();
    home.remove();
  }
};

async function measure(
  own: Subject,
  peer: Subject | null,
  missing: readonly string[],
  say: (text: string) => void,
): Promise<Figure[]> {
  const absent = missing.length === 0 ? '' : `; not here: ${missing.join(', ')}`;
  const compare = async (
    figure: string,
    unit: string,
    goal: Goal,
    rounds: Rounds,
    take: (subject: Subject) => Promise<number>,
  ): Promise<Figure> => {
    say(`${figure}: ${String(rounds.counted)} rounds after ${String(rounds.warmUp)} to warm up`);
    const ways: Record<string, Measurement> = { own: () => take(own) };
    if (peer !== null) ways['peer'] = () => take(peer);
    const { own: value = NaN, peer: peerValue = null } = await interleavedMedians(ways, rounds);
    return toFigure({
      id: 'registry',
      figure,
      unit,
      value,
      goal,
      peer: { name: peerName + absent, value: peerValue },
    });
  };
  const blobGoal: Goal = { of: 'ratio', atLeast: 1 };
  const figures = [
    await compare('blob push, 1 GiB, 8 parallel', 'MB/s', blobGoal, blobRounds, (one) => one.push()),
    await compare('blob pull, 1 GiB, 8 parallel', 'MB/s', blobGoal, blobRounds, (one) => one.pull()),
  ];
  for (const one of [own, peer]) await one?.prepareManifest();
  const manifestGoal: Goal = { of: 'ratio', atLeast: 2 };
  figures.push(
    await compare('manifest GET by tag', '/s', manifestGoal, manifestRounds, (one) => one.manifests()),
  );
  return figures;
}
