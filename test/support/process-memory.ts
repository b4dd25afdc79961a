import { createReadStream, closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ElectronApplication } from '@playwright/test';
import { inMain } from './in-main.ts';

type Needles = ReadonlyMap<string, Buffer>;

/** Searches pieces of a stream or a memory, also across their borders. */
class Search {
  readonly found = new Set<string>();
  readonly #needles: Needles;
  readonly #overlap: number;
  #tail: Buffer = Buffer.alloc(0);

  constructor(needles: Needles) {
    this.#needles = needles;
    this.#overlap = Math.max(...[...needles.values()].map(({ length }) => length)) - 1;
  }

  add(piece: Buffer): void {
    const bytes = Buffer.concat([this.#tail, piece]);
    for (const [name, needle] of this.#needles) if (bytes.includes(needle)) this.found.add(name);
    this.#tail = bytes.subarray(Math.max(0, bytes.length - this.#overlap));
  }
}

/**
 * What of `needles` is in a string that the main process can still reach: V8 collects its garbage, then writes
 * all that is left (a heap snapshot). The contents of Buffers are not in it.
 */
export async function inReachableStrings(electron: ElectronApplication, needles: Needles): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kh-heap-'));
  try {
    const file = join(folder, 'main.heapsnapshot');
    await inMain(
      electron,
      (_electron, path) => {
        const v8 = process.getBuiltinModule('node:v8');
        v8.writeHeapSnapshot(path);
      },
      file,
    );
    const search = new Search(needles);
    for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 })) search.add(piece as Buffer);
    return [...search.found].sort();
  } finally {
    await rm(folder, { recursive: true });
  }
}

const pageLength = 4096;
const pagesAtOnce = 256;

/** What of `needles` is in the writable memory of a process (Linux, proc(5)), whatever it is part of there. */
export function inMemory(pid: number, needles: Needles): string[] {
  const maps = readFileSync(`/proc/${String(pid)}/maps`, 'utf8').split('\n');
  const memory = openSync(`/proc/${String(pid)}/mem`, 'r');
  const pages = openSync(`/proc/${String(pid)}/pagemap`, 'r');
  const found = new Set<string>();
  try {
    for (const line of maps) {
      const match = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line);
      if (match === null) continue;
      const search = new Search(needles);
      const [from, to] = [Number.parseInt(match[1] ?? '', 16), Number.parseInt(match[2] ?? '', 16)];
      for (const at of usedPieces(pages, from, to)) readPiece(memory, at, to, search);
      for (const name of search.found) found.add(name);
    }
  } finally {
    closeSync(memory);
    closeSync(pages);
  }
  return [...found].sort();
}

/**
 * Where the pieces of a mapping begin that have a page in memory or swapped out. The rest was never written: V8 alone
 * sets two gigabytes of addresses aside.
 */
function* usedPieces(pages: number, from: number, to: number): Generator<number> {
  const entries = Buffer.alloc(8 * pagesAtOnce);
  for (let at = from; at < to; at += pagesAtOnce * pageLength) {
    const read = readSync(pages, entries, 0, entries.length, (at / pageLength) * 8);
    // The two highest bits of an entry: present, swapped.
    for (let entry = 0; entry < read; entry += 8) {
      if ((entries[entry + 7] ?? 0) >= 0x40) {
        yield at;
        break;
      }
    }
  }
}

function readPiece(memory: number, at: number, end: number, search: Search): void {
  const piece = Buffer.alloc(Math.min(pagesAtOnce * pageLength, end - at));
  try {
    search.add(piece.subarray(0, readSync(memory, piece, 0, piece.length, at)));
  } catch {
    // A mapping of a device, or one that was given back meanwhile.
  }
}
