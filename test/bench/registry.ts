import { createHash, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeHome } from '../e2e/launch.ts';
import { toFigure, type Bench, type Figure, type Goal } from './figure.ts';
import { HttpConnection } from './http-connection.ts';
import {
  missingForPeer,
  repository,
  startOwnRegistry,
  startPeerRegistry,
  type BenchRegistry,
} from './registries.ts';
import { interleavedMedians, type Measurement, type Rounds } from './rounds.ts';

const parallel = 8;
/** One per connection, together 1 GiB. */
const blobSize = 128 * 1024 * 1024;
const manifestRequests = 4000;
const blobRounds: Rounds = { warmUp: 1, counted: 5 };
const manifestRounds: Rounds = { warmUp: 2, counted: 9 };
const peerName = 'docker-registry, token authentication';
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/** All blobs have this in common; what tells them apart stands before it. */
const tail = randomBytes(blobSize - 16);

interface BlobToPush {
  digest: string;
  parts: readonly Uint8Array[];
}

function newBlob(parts: readonly Uint8Array[]): BlobToPush {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return { digest: `sha256:${hash.digest('hex')}`, parts };
}

/** What the benchmark does with one registry. */
class Subject {
  readonly #registry: BenchRegistry;
  #pushed: BlobToPush[] = [];

  constructor(registry: BenchRegistry) {
    this.#registry = registry;
  }

  /** Pushes 1 GiB that the registry does not have; the one of the round before is gone. @returns MB/s */
  async push(): Promise<number> {
    rmSync(this.#registry.contents, { recursive: true, force: true });
    const blobs = Array.from({ length: parallel }, () => newBlob([randomBytes(16), tail]));
    const seconds = await this.#together((connection, headers, at) =>
      pushBlob(connection, headers, blobs[at]),
    );
    this.#pushed = blobs;
    return megabytes / seconds;
  }

  /** Pulls what was pushed last. @returns MB/s */
  async pull(): Promise<number> {
    const seconds = await this.#together(async (connection, headers, at) => {
      const path = `/v2/${repository}/blobs/${this.#pushed[at]?.digest ?? ''}`;
      const { status, bytes } = await connection.ask('GET', path, headers);
      if (status !== 200 || bytes !== blobSize) throw new Error(`Pulling a blob answered ${String(status)}.`);
    });
    return megabytes / seconds;
  }

  /** Pushes a small image that `manifests` then asks for. */
  async prepareManifest(): Promise<void> {
    const config = newBlob([Buffer.from('{"architecture":"amd64","os":"linux"}')]);
    const layer = newBlob([Buffer.from('layer')]);
    const describe = ({ digest, parts }: BlobToPush, mediaType: string) => ({
      mediaType,
      digest,
      size: parts[0]?.length ?? 0,
    });
    const manifest = {
      schemaVersion: 2,
      mediaType: manifestType,
      config: describe(config, 'application/vnd.oci.image.config.v1+json'),
      layers: [describe(layer, 'application/vnd.oci.image.layer.v1.tar')],
    };
    const connection = await HttpConnection.open(this.#registry.origin);
    const headers = await this.#headers();
    for (const blob of [config, layer]) await pushBlob(connection, headers, blob);
    const { status } = await connection.ask(
      ...(['PUT', `/v2/${repository}/manifests/latest`] as const),
      { ...headers, 'content-type': manifestType },
      [Buffer.from(JSON.stringify(manifest))],
    );
    connection.close();
    if (status !== 201) throw new Error(`Pushing a manifest answered ${String(status)}.`);
  }

  /** Asks for one manifest by tag, over and over. @returns answers per second */
  async manifests(): Promise<number> {
    const seconds = await this.#together(async (connection, headers) => {
      for (let left = manifestRequests / parallel; left > 0; left--) {
        const { status } = await connection.ask('GET', `/v2/${repository}/manifests/latest`, headers);
        if (status !== 200) throw new Error(`Asking for a manifest answered ${String(status)}.`);
      }
    });
    return manifestRequests / seconds;
  }

  async #headers(): Promise<Record<string, string>> {
    return { authorization: `Bearer ${await this.#registry.token()}`, accept: manifestType };
  }

  /** Does something on all connections at once. @returns how long all of it took, seconds */
  async #together(
    work: (connection: HttpConnection, headers: Record<string, string>, at: number) => Promise<void>,
  ): Promise<number> {
    const headers = await this.#headers();
    const connections = await Promise.all(
      Array.from({ length: parallel }, () => HttpConnection.open(this.#registry.origin)),
    );
    const begin = performance.now();
    await Promise.all(connections.map((connection, at) => work(connection, headers, at)));
    const seconds = (performance.now() - begin) / 1000;
    for (const connection of connections) connection.close();
    return seconds;
  }
}

const megabytes = (parallel * blobSize) / 1e6;

/** As clients push: ask for an upload, then send all of the blob with the digest. */
async function pushBlob(
  connection: HttpConnection,
  headers: Record<string, string>,
  blob: BlobToPush | undefined,
): Promise<void> {
  const begun = await connection.ask('POST', `/v2/${repository}/blobs/uploads/`, headers);
  const location = /^location: *(\S+)$/im.exec(begun.head)?.[1] ?? '';
  const url = new URL(location, 'http://registry');
  url.searchParams.set('digest', blob?.digest ?? '');
  const octets = { ...headers, 'content-type': 'application/octet-stream' };
  const { status } = await connection.ask('PUT', url.pathname + url.search, octets, blob?.parts);
  if (status !== 201) throw new Error(`Pushing a blob answered ${String(status)}.`);
}

/** The reference server's registry against Debian's docker-registry, on the same disk. */
export const benchRegistry: Bench = async (say) => {
  const home = makeHome();
  const missing = missingForPeer();
  if (missing.length > 0) say(`without its peer, as this machine does not have ${missing.join(', ')}`);
  const registries = [await startOwnRegistry(join(home.folder, 'own'))];
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
