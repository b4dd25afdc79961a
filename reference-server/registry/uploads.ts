import { createHash, randomUUID } from 'node:crypto';
import type { Hash } from 'node:crypto';
import type { ServerContext } from '../context.ts';
import type { BlobStore } from './blob-store.ts';
import { DistributionError } from '../http/distribution-error.ts';
import { splitDigest } from './names.ts';
import type { DigestAlgorithm } from './names.ts';
import { linkBlob } from './repository-content.ts';
import type { StorageQuota } from './storage-quota.ts';
import {
  addUpload,
  allUploads,
  hasUpload,
  removeUpload,
  staleSince,
  staleUploads,
  touchUpload,
} from './upload-records.ts';
import type { UploadOwner } from './upload-records.ts';
import { UploadWriter } from './upload-writer.ts';

/** A hash of a file that is still in this state, all of it written here without a fault. */
interface RunningHash {
  algorithm: DigestAlgorithm;
  hash: Hash;
  state: string;
}

/** What came of one request's body. */
interface Received {
  /** How much the upload has now, in bytes. */
  offset: number;
  /** Why the request fails although the upload goes on: its body broke off, or had another length than it said. */
  refusal: Error | null;
}

type UploadContext = Pick<ServerContext, 'db' | 'write' | 'now'>;

/**
 * Blob uploads from their beginning to the proved digest. Bytes are hashed while they come; the hash counts only if
 * nothing else has written to the file since. Else (after a restart, with another algorithm) the file is read once more at
 * the end. Any fault of the disk ends the upload: after a failed write nobody knows what is in the file.
 */
export class UploadStore {
  readonly #context: UploadContext;
  readonly #blobs: BlobStore;
  readonly #quota: StorageQuota;
  readonly #hashes = new Map<string, RunningHash>();
  readonly #busy = new Set<string>();
  /** Those that ended and could not be removed yet. */
  readonly #ended = new Set<string>();

  constructor(context: UploadContext, blobs: BlobStore, quota: StorageQuota) {
    this.#context = context;
    this.#blobs = blobs;
    this.#quota = quota;
  }

  /**
   * Begins an upload.
   *
   * @param algorithm - Of the digest that will be claimed at the end; a wrong guess costs time, nothing else.
   * @returns The upload's id.
   * @throws DistributionError 403 (the organization has no room), 429 (too many unfinished ones of this principal).
   */
  async begin(owner: UploadOwner, algorithm: DigestAlgorithm = 'sha256'): Promise<string> {
    const id = randomUUID();
    await this.#quota.open(id, owner.repositoryId);
    return this.#orEnd(id, async () => {
      await addUpload(this.#context, id, owner);
      await this.#blobs.createTemporary(id);
      const { state } = await this.#file(id);
      this.#hashes.set(id, { algorithm, hash: createHash(algorithm), state });
      return id;
    });
  }

  /** How many bytes have arrived. @throws DistributionError 404 for an upload that the owner does not have. */
  async offset(owner: UploadOwner, id: string): Promise<number> {
    await this.#find(owner, id);
    return (await this.#file(id)).size;
  }

  /**
   * Adds the bytes of one request to the end. When the request breaks off, what has arrived is kept, for the client
   * may go on from there. When it cannot be kept, the upload ends.
   *
   * @param source - Its pieces belong to this upload: their memory is freed. It is read no further once bytes cannot be
   *   kept.
   * @param length - How many bytes the request announced; another number is refused and undone.
   * @throws DistributionError 404 (unknown), 409 (another request is writing), 400 (wrong length), 403 (no room).
   */
  async append(
    owner: UploadOwner,
    id: string,
    source: AsyncIterable<Buffer>,
    length: number | null,
  ): Promise<number> {
    await this.#find(owner, id);
    return this.#alone(id, async () => {
      await touchUpload(this.#context, id);
      const { offset, refusal } = await this.#orEnd(id, () => this.#receive(id, source, length));
      if (refusal !== null) throw refusal;
      return offset;
    });
  }

  /**
   * Proves the digest and makes the upload a blob of its repository. Whatever fails here ends the upload: nothing of
   * it stays.
   *
   * @throws DistributionError 404 (unknown), 409 (another request is writing), 400 DIGEST_INVALID.
   */
  async finish(owner: UploadOwner, id: string, digest: string): Promise<void> {
    await this.#find(owner, id);
    await this.#alone(id, () =>
      this.#orEnd(id, async () => {
        const size = await this.#prove(id, digest);
        await this.#blobs.alone(digest, async () => {
          await this.#blobs.adopt(id, digest);
          await this.#context.write({}, async (tx) => {
            await linkBlob(tx, owner.repositoryId, { digest, size }, this.#context.now());
            await removeUpload(tx, id);
          });
        });
        this.#hashes.delete(id);
        this.#quota.keep(id);
      }),
    );
  }

  /** Ends an upload and removes what has arrived. @throws DistributionError 404 (unknown), 409 (still writing). */
  async cancel(owner: UploadOwner, id: string): Promise<void> {
    await this.#find(owner, id);
    await this.#alone(id, () => this.#end(id));
  }

  /** Removes the uploads nobody went on with, and those whose repository is gone. @throws AggregateError after all, for those that could not be. */
  async sweep(): Promise<void> {
    // The records of a deleted repository's uploads went with it, their files stayed.
    const files = await this.#blobs.staleTemporaryIds(staleSince(this.#context));
    const known = new Set((await allUploads(this.#context.db)).map(({ id }) => id));
    const lost = files.filter((id) => !known.has(id));
    const failures: unknown[] = [];
    for (const id of new Set([...this.#ended, ...lost, ...(await staleUploads(this.#context))])) {
      if (this.#busy.has(id)) continue;
      await this.#alone(id, () => this.#end(id)).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Some uploads could not be removed.');
  }

  /**
   * Goes on with the uploads of before. Those without a file, and files that belong to none, are removed: a process
   * that was killed left them. For the start only.
   */
  async resume(): Promise<void> {
    const uploads = await allUploads(this.#context.db);
    for (const { id, repositoryId } of uploads) {
      const file = await this.#blobs.temporaryFile(id);
      if (file === null) await this.#end(id);
      else await this.#quota.reopen(id, repositoryId, file.size);
    }
    const known = new Set(uploads.map(({ id }) => id));
    for (const id of await this.#blobs.temporaryIds()) {
      if (!known.has(id)) await this.#blobs.removeTemporary(id);
    }
  }

  async #find(owner: UploadOwner, id: string): Promise<void> {
    if (!(await hasUpload(this.#context.db, id, owner)) || this.#ended.has(id)) throw uploadUnknown();
  }

  async #alone<T>(id: string, work: () => Promise<T>): Promise<T> {
    if (this.#busy.has(id)) {
      throw new DistributionError(
        409,
        'BLOB_UPLOAD_INVALID',
        'Another request is still writing to this upload.',
      );
    }
    this.#busy.add(id);
    try {
      return await work();
    } finally {
      this.#busy.delete(id);
    }
  }

  /** Does some work on an upload, which ends when that fails: what failed once is not trusted again. */
  async #orEnd<T>(id: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // The first error is the one to tell; the sweep tries again to remove the upload.
      await this.#end(id).catch(() => undefined);
      throw error;
    }
  }

  async #receive(id: string, source: AsyncIterable<Buffer>, length: number | null): Promise<Received> {
    // Before the first byte is asked for.
    if (length !== null && length > 0) await this.#quota.requireRoom(id, length);
    const { size: begin, state } = await this.#file(id);
    const running = this.#runningHash(id, state);
    const file = await this.#blobs.appendTemporary(id);
    const writer = new UploadWriter(file, (part) => running?.hash.update(part));
    let offset = begin;
    let broke: Error | null;
    try {
      broke = await readAll(source, async (chunk) => {
        await this.#quota.grow(id, chunk.length);
        offset += chunk.length;
        await writer.add(chunk);
        return length === null || offset - begin <= length;
      });
    } finally {
      await writer.end().finally(() => file.close());
    }
    const now = await this.#file(id);
    if (now.size !== offset) throw new Error('An upload’s file is not as long as it should be.');
    if (running !== null) running.state = now.state;
    if (broke !== null) return { offset, refusal: broke };
    if (length !== null && offset - begin !== length) return this.#undo(id, begin);
    return { offset, refusal: null };
  }

  async #undo(id: string, size: number): Promise<Received> {
    this.#hashes.delete(id);
    await this.#blobs.truncateTemporary(id, size);
    this.#quota.shrink(id, size);
    const message = 'The chunk does not have the length that its range announces.';
    return { offset: size, refusal: new DistributionError(400, 'SIZE_INVALID', message) };
  }

  /** Checks that an upload has a digest, once the disk has all of it. @returns its size in bytes */
  async #prove(id: string, digest: string): Promise<number> {
    const { algorithm, hex } = splitDigest(digest);
    await this.#blobs.syncTemporary(id);
    const { size, state } = await this.#file(id);
    const running = this.#runningHash(id, state);
    const proved =
      running?.algorithm === algorithm
        ? running.hash.digest('hex')
        : await this.#blobs.hashTemporary(id, algorithm);
    if (proved === hex) return size;
    throw new DistributionError(
      400,
      'DIGEST_INVALID',
      'The bytes received do not have this digest: nothing was kept, upload the blob again.',
      { detail: { digest } },
    );
  }

  /** The hash, if it is of a file in this state. Else it is forgotten. */
  #runningHash(id: string, state: string): RunningHash | null {
    const running = this.#hashes.get(id);
    if (running?.state === state) return running;
    this.#hashes.delete(id);
    return null;
  }

  async #file(id: string): Promise<{ size: number; state: string }> {
    const file = await this.#blobs.temporaryFile(id);
    if (file === null) throw uploadUnknown();
    return file;
  }

  /** Ends an upload for good: without its record nothing goes on with it, and without its file neither. */
  async #end(id: string): Promise<void> {
    this.#ended.add(id);
    this.#hashes.delete(id);
    const removals = await Promise.allSettled([
      this.#context.write({}, (tx) => removeUpload(tx, id)),
      this.#blobs.removeTemporary(id),
    ]);
    for (const removal of removals) if (removal.status === 'rejected') throw removal.reason;
    this.#quota.close(id);
    this.#ended.delete(id);
  }
}

/**
 * Reads a body.
 *
 * @param keep - Gets its pieces in order, and says whether it wants more.
 * @returns Why the body broke off; null when it did not.
 * @throws What `keep` failed with.
 */
async function readAll(
  source: AsyncIterable<Buffer>,
  keep: (chunk: Buffer) => Promise<boolean>,
): Promise<Error | null> {
  let kept = Promise.resolve(true);
  let broke: Error | null = null;
  try {
    for await (const chunk of source) {
      kept = keep(chunk);
      if (!(await kept.catch(() => false))) break;
    }
  } catch (error) {
    broke = error instanceof Error ? error : new Error(String(error));
  }
  await kept;
  return broke;
}

function uploadUnknown(): DistributionError {
  return new DistributionError(
    404,
    'BLOB_UPLOAD_UNKNOWN',
    'This upload is not known, or it ended: begin a new one.',
  );
}
