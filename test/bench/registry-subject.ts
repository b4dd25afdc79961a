import { createHash, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { HttpConnection } from './http-connection.ts';
import { repository, type BenchRegistry } from './registries.ts';
import { requestRate } from './request-rate.ts';

const parallel = 8;
/** One per connection, together 1 GiB. */
const blobSize = 128 * 1024 * 1024;
const manifestRequests = 4000;
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

/** What benchmarks do with one registry. */
export class Subject {
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
    const path = `/v2/${repository}/manifests/latest`;
    return requestRate(this.#registry.origin, { path, headers: await this.#headers() }, manifestRequests);
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
