import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

/** Large reads keep the hashing of a file from waiting on the thread pool for every 64 KiB, in bytes. */
const readSize = 256 * 1024;

/**
 * Hashes an open file from its beginning, which stays open.
 *
 * @param algorithm - As node:crypto names it.
 * @returns hex
 */
export async function hashFile(file: FileHandle, algorithm: string): Promise<string> {
  const hash = createHash(algorithm);
  const buffer = Buffer.allocUnsafeSlow(readSize);
  for (let at = 0; ;) {
    const { bytesRead } = await file.read(buffer, 0, readSize, at);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}

/** Settles when the disk has a file or folder. @throws Error when it could not keep it. */
export async function syncPath(target: string): Promise<void> {
  const handle = await open(target);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
