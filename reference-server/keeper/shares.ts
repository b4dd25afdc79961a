import { createHash } from 'node:crypto';
import { KeeperError } from '../http/keeper-error.ts';
import { wipe } from './seal.ts';

/*
 * A share is: 1 byte for the version, 16 of the set that it belongs to, 1 for its number in it, the part of the root key,
 * and 4 of SHA-256 over all that, by which a typing mistake is found.
 */
const version = 1;
export const setSize = 16;
const headSize = 1 + setSize + 1;
const checkSize = 4;
export const rootSize = 32;

/** Loaded once it is used: most starts of a server need none of it. */
const shamir = () => import('shamir-secret-sharing');

/** A share that was read: a view of its bytes. Wipe these after use. */
export interface Share {
  set: Buffer;
  /** 1, 2, 3 … */
  index: number;
  part: Buffer;
}

/**
 * Splits a root key: any `threshold` of `total` shares give it back, fewer tell nothing of it. Of 1 the share is the key
 * itself.
 */
export async function splitRoot(
  root: Buffer,
  set: Buffer,
  { threshold, total }: { threshold: number; total: number },
): Promise<Buffer[]> {
  const parts = total === 1 ? [Buffer.from(root)] : await splitInto(root, total, threshold);
  return parts.map((part, at) => {
    const body = Buffer.concat([Buffer.of(version), set, Buffer.of(at + 1), part]);
    const share = Buffer.concat([body, checkOf(body)]);
    [part, body].forEach(wipe);
    return share;
  });
}

async function splitInto(root: Buffer, total: number, threshold: number): Promise<Uint8Array[]> {
  const { split } = await shamir();
  const copy = plainCopy(root);
  try {
    return await split(copy, total, threshold);
  } finally {
    wipe(copy);
  }
}

/** Reads a share. @throws KeeperError INVALID_SHARE */
export function readShare(bytes: Buffer): Share {
  const body = bytes.subarray(0, -checkSize);
  const size = body.length - headSize;
  if ((size !== rootSize && size !== rootSize + 1) || body[0] !== version) {
    throw new KeeperError(
      'INVALID_SHARE',
      'This is no share of a keeper. Give it as the initialization did.',
    );
  }
  if (!checkOf(body).equals(bytes.subarray(-checkSize))) {
    throw new KeeperError(
      'INVALID_SHARE',
      'The share has a mistake in it. Compare it with where it is kept.',
    );
  }
  return {
    set: body.subarray(1, 1 + setSize),
    index: body[headSize - 1] ?? 0,
    part: body.subarray(headSize),
  };
}

/** Puts shares together again. */
export async function combineRoot(parts: readonly Buffer[]): Promise<Buffer> {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return Buffer.from(only);
  const { combine } = await shamir();
  const copies = parts.map(plainCopy);
  try {
    const root = await combine(copies);
    const copy = Buffer.from(root);
    wipe(root);
    return copy;
  } finally {
    copies.forEach(wipe);
  }
}

/** The library takes no Buffer. Memory of its own stays where it is, so that it can be overwritten. */
function plainCopy(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new ArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

/** By which a share is known without being kept. */
export function digestOfShare({ set, index, part }: Share): string {
  return createHash('sha256').update(set).update(Buffer.of(index)).update(part).digest('hex');
}

function checkOf(body: Buffer): Buffer {
  return createHash('sha256').update(body).digest().subarray(0, checkSize);
}
