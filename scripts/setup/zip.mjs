import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

// Record layouts: PKWARE APPNOTE 6.3.10, sections 4.3.7 (local header), 4.3.12 (central directory) and
// 4.3.16 (end of central directory).
const END_SIGNATURE = 0x06054b50;
const END_SIZE = 22;
const MAX_COMMENT = 0xffff;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_SIZE = 46;
const LOCAL_SIZE = 30;
const STORED = 0;
const DEFLATED = 8;

/**
 * @typedef {{ name: string, method: number, packedSize: number, mode: number, offset: number }} ZipEntry
 * One file in an archive; `mode` holds the Unix permission bits, 0 when the archive has none.
 */

/**
 * Unpacks a chosen part of a zip archive, keeping the Unix permissions.
 * @param {string} archive path of the archive (no zip64, no encryption, no links)
 * @param {string} target existing folder to unpack into
 * @param {(name: string) => string | null} place gives an entry's path below `target`, or null to leave it out
 * @returns {Promise<void>}
 * @throws {Error} when the archive is damaged or an entry would land outside `target`
 */
export async function unzip(archive, target, place) {
  for (const entry of await listEntries(archive)) {
    if (entry.name.endsWith('/')) continue;
    const relative = place(entry.name);
    if (relative !== null) await unpackEntry(archive, entry, inside(target, relative));
  }
}

/**
 * @param {string} target
 * @param {string} relative
 */
function inside(target, relative) {
  const path = resolve(target, relative);
  if (!path.startsWith(resolve(target) + sep))
    throw new Error(`the archive names a path outside: ${relative}`);
  return path;
}

/**
 * @param {string} archive
 * @returns {Promise<ZipEntry[]>}
 */
async function listEntries(archive) {
  const file = await open(archive);
  try {
    const { size } = await file.stat();
    const tail = await readAt(file, Math.max(0, size - END_SIZE - MAX_COMMENT), size);
    const end = lastIndexOfSignature(tail);
    const start = tail.readUInt32LE(end + 16);
    return parseDirectory(await readAt(file, start, start + tail.readUInt32LE(end + 12)));
  } finally {
    await file.close();
  }
}

/** @param {Buffer} tail */
function lastIndexOfSignature(tail) {
  for (let at = tail.length - END_SIZE; at >= 0; at--) {
    if (tail.readUInt32LE(at) === END_SIGNATURE) return at;
  }
  throw new Error('the archive has no directory; it is damaged or not a zip file');
}

/**
 * @param {Buffer} directory
 * @returns {ZipEntry[]}
 */
function parseDirectory(directory) {
  const entries = [];
  let at = 0;
  while (at < directory.length) {
    if (directory.readUInt32LE(at) !== ENTRY_SIGNATURE) throw new Error("the archive's directory is damaged");
    const nameLength = directory.readUInt16LE(at + 28);
    const nameAt = at + ENTRY_SIZE;
    entries.push({
      name: directory.toString('utf8', nameAt, nameAt + nameLength),
      method: directory.readUInt16LE(at + 10),
      packedSize: directory.readUInt32LE(at + 20),
      mode: (directory.readUInt32LE(at + 38) >>> 16) & 0o777,
      offset: directory.readUInt32LE(at + 42),
    });
    at = nameAt + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/**
 * @param {string} archive
 * @param {ZipEntry} entry
 * @param {string} path
 */
async function unpackEntry(archive, entry, path) {
  if (entry.method !== STORED && entry.method !== DEFLATED) {
    throw new Error(`${entry.name} is packed in an unknown way (${String(entry.method)})`);
  }
  await mkdir(dirname(path), { recursive: true });
  const output = createWriteStream(path, { mode: entry.mode === 0 ? 0o644 : entry.mode });
  const start = await dataStart(archive, entry);
  if (entry.packedSize === 0) {
    await pipeline([], output);
    return;
  }
  const packed = createReadStream(archive, { start, end: start + entry.packedSize - 1 });
  if (entry.method === DEFLATED) await pipeline(packed, createInflateRaw(), output);
  else await pipeline(packed, output);
}

/**
 * The local header repeats the name and may carry other extra fields than the directory.
 * @param {string} archive
 * @param {ZipEntry} entry
 */
async function dataStart(archive, entry) {
  const file = await open(archive);
  try {
    const header = await readAt(file, entry.offset, entry.offset + LOCAL_SIZE);
    return entry.offset + LOCAL_SIZE + header.readUInt16LE(26) + header.readUInt16LE(28);
  } finally {
    await file.close();
  }
}

/**
 * @param {import('node:fs/promises').FileHandle} file
 * @param {number} start
 * @param {number} end
 */
async function readAt(file, start, end) {
  const buffer = Buffer.alloc(end - start);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
  if (bytesRead !== buffer.length) throw new Error('the archive is cut short');
  return buffer;
}
