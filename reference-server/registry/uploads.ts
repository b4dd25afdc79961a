import { createHash, randomUUID } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { open, stat, truncate, writeFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Kysely } from 'kysely';
import type { Principal } from '../auth/credentials.ts';
import type { Database } from '../db/schema.ts';
import { nullIfMissing } from './blob-store.ts';
import type { BlobStore } from './blob-store.ts';
import { DistributionError } from './distribution-error.ts';
import { splitDigest } from './names.ts';
import type { DigestAlgorithm } from './names.ts';
import { linkBlob } from './repository-content.ts';
import { UploadWriter } from './upload-writer.ts';

/** An upload nobody went on with for so long is removed, in milliseconds. */
const uploadLifetime = 24 * 60 * 60 * 1000;
const touchInterval = 60 * 1000;

/** Whose upload it is: nobody else, and no other repository, sees it. */
export interface UploadOwner {
  repositoryId: string;
  principal: Principal;
}

/** A hash that has seen the first `offset` bytes of the file. */
interface RunningHash {
  algorithm: DigestAlgorithm;
  hash: Hash;
  offset: number;
}

/**
 * Blob uploads from their beginning to the proved digest. The temporary file is the truth about how much has
 * arrived; a hash runs along while the bytes stream in, and where it cannot (after a restart, another algorithm) the
 * file is read once more at the end.
 */
export class UploadStore {
  readonly #db: Kysely<Database>;
  readonly #blobs: BlobStore;
  readonly #now: () => Date;
  readonly #hashes = new Map<string, RunningHash>();
  readonly #busy = new Set<string>();

  constructor(db: Kysely<Database>, blobs: BlobStore, now: () => Date) {
    this.#db = db;
    this.#blobs = blobs;
    this.#now = now;
  }

  /**
   * Begins an upload.
   *
   * @param algorithm - Of the digest that will be claimed at the end; a wrong guess costs time, nothing else.
   * @returns The upload's id.
   */
  async begin(owner: UploadOwner, algorithm: DigestAlgorithm = 'sha256'): Promise<string> {
    const id = randomUUID();
    const at = this.#now().toISOString();
    await this.#db
      .insertInto('registry_uploads')
      .values({
        id,
        repository_id: owner.repositoryId,
        principal: principalKey(owner.principal),
        created_at: at,
        touched_at: at,
      })
      .execute();
    await writeFile(this.#blobs.temporaryPath(id), '', { flag: 'wx' });
    this.#hashes.set(id, { algorithm, hash: createHash(algorithm), offset: 0 });
    return id;
  }

  /** How many bytes have arrived. @throws DistributionError 404 for an upload that the owner does not have. */
  async offset(owner: UploadOwner, id: string): Promise<number> {
    await this.#find(owner, id);
    return this.#fileSize(id);
  }

  /**
   * Adds the bytes of one request to the end. When the request breaks off, what has arrived is kept, for the client
   * may go on from there.
   *
   * @param source - Its pieces are nobody else's: their memory is given back.
   * @param length - How many bytes the request announced by its range; another number is refused and undone.
   * @throws DistributionError 404 (unknown), 409 (another request is writing), 400 (wrong length).
   */
  async append(owner: UploadOwner, id: string, source: Readable, length: number | null): Promise<number> {
    await this.#find(owner, id);
    return this.#alone(id, async () => {
      await this.#touch(id);
      return this.#receive(id, source, length);
    });
  }

  /**
   * Proves the digest and makes the upload a blob of its repository. A wrong digest ends the upload: nothing of it
   * stays.
   *
   * @throws DistributionError 404 (unknown), 409 (another request is writing), 400 DIGEST_INVALID.
   */
  async finish(owner: UploadOwner, id: string, digest: string): Promise<void> {
    await this.#find(owner, id);
    await this.#alone(id, async () => {
      const { algorithm, hex } = splitDigest(digest);
      if ((await this.#hash(id, algorithm)) !== hex) {
        await this.#remove(id);
        throw new DistributionError(
          400,
          'DIGEST_INVALID',
          'The bytes received do not have this digest: nothing was kept, upload the blob again.',
          { detail: { digest } },
        );
      }
      await this.#blobs.alone(digest, async () => {
        await this.#blobs.adopt(id, digest);
        await this.#db.transaction().execute(async (transaction) => {
          await linkBlob(transaction, owner.repositoryId, digest, this.#now());
          await transaction.deleteFrom('registry_uploads').where('id', '=', id).execute();
        });
      });
      this.#hashes.delete(id);
    });
  }

  /** Ends an upload and removes what has arrived. @throws DistributionError 404 (unknown), 409 (still writing). */
  async cancel(owner: UploadOwner, id: string): Promise<void> {
    await this.#find(owner, id);
    await this.#alone(id, () => this.#remove(id));
  }

  /** Removes the uploads nobody went on with. */
  async sweep(): Promise<void> {
    const limit = new Date(this.#now().getTime() - uploadLifetime).toISOString();
    const stale = await this.#db
      .selectFrom('registry_uploads')
      .select('id')
      .where('touched_at', '<', limit)
      .execute();
    for (const { id } of stale) {
      if (!this.#busy.has(id)) await this.#remove(id);
    }
  }

  /** Removes temporary files that belong to no upload: a process that was killed left them. For the start only. */
  async removeOrphans(): Promise<void> {
    const rows = await this.#db.selectFrom('registry_uploads').select('id').execute();
    const known = new Set(rows.map((row) => row.id));
    for (const id of await this.#blobs.temporaryIds()) {
      if (!known.has(id)) await this.#blobs.removeTemporary(id);
    }
  }

  async #find(owner: UploadOwner, id: string): Promise<void> {
    const row = await this.#db
      .selectFrom('registry_uploads')
      .select('id')
      .where('id', '=', id)
      .where('repository_id', '=', owner.repositoryId)
      .where('principal', '=', principalKey(owner.principal))
      .executeTakeFirst();
    if (row === undefined) throw uploadUnknown();
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

  async #receive(id: string, source: Readable, length: number | null): Promise<number> {
    const begin = await this.#fileSize(id);
    const running = this.#hashes.get(id);
    const usable = running?.offset === begin ? running : null;
    const file = await open(this.#blobs.temporaryPath(id), 'a');
    const writer = new UploadWriter(file, (part) => {
      if (usable === null) return;
      usable.hash.update(part);
      usable.offset += part.length;
    });
    let offset = begin;
    try {
      for await (const chunk of source as AsyncIterable<Buffer>) {
        // What is too much is read and not kept: the connection takes no further request before its end.
        if (length !== null && offset - begin > length) continue;
        offset += chunk.length;
        await writer.add(chunk);
      }
    } finally {
      await writer.end().finally(() => file.close());
    }
    if (length !== null && offset - begin !== length) await this.#undo(id, begin);
    return offset;
  }

  async #undo(id: string, size: number): Promise<never> {
    this.#hashes.delete(id);
    await truncate(this.#blobs.temporaryPath(id), size);
    throw new DistributionError(
      400,
      'SIZE_INVALID',
      'The chunk does not have the length that its range announces.',
    );
  }

  async #hash(id: string, algorithm: DigestAlgorithm): Promise<string> {
    const size = await this.#fileSize(id);
    const running = this.#hashes.get(id);
    if (running?.algorithm === algorithm && running.offset === size) {
      this.#hashes.delete(id);
      return running.hash.digest('hex');
    }
    return this.#blobs.hashTemporary(id, algorithm);
  }

  async #fileSize(id: string): Promise<number> {
    const found = await stat(this.#blobs.temporaryPath(id)).catch(nullIfMissing);
    if (found === null) throw uploadUnknown();
    return found.size;
  }

  async #touch(id: string): Promise<void> {
    const now = this.#now();
    // Many small chunks must not cost a commit each.
    const recently = new Date(now.getTime() - touchInterval).toISOString();
    await this.#db
      .updateTable('registry_uploads')
      .set({ touched_at: now.toISOString() })
      .where('id', '=', id)
      .where('touched_at', '<', recently)
      .execute();
  }

  async #remove(id: string): Promise<void> {
    this.#hashes.delete(id);
    await this.#blobs.removeTemporary(id);
    await this.#db.deleteFrom('registry_uploads').where('id', '=', id).execute();
  }
}

function principalKey(principal: Principal): string {
  return `${principal.kind}:${principal.id}`;
}

function uploadUnknown(): DistributionError {
  return new DistributionError(
    404,
    'BLOB_UPLOAD_UNKNOWN',
    'This upload is not known, or it ended: begin a new one.',
  );
}
