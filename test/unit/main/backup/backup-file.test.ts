import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../../../contracts/domain/limits.ts';
import { argon2Kdf } from '../../../../main/adapters/kdf.ts';
import { systemRandom } from '../../../../main/adapters/random.ts';
import {
  newBackupKey,
  openBackup,
  readBackup,
  sealBackup,
} from '../../../../main/core/backup/backup-file.ts';
import { cheapest } from '../vault/vault-parts.ts';

const passphrase = (): Buffer => Buffer.from('seven quiet lanterns drift');
const content = Buffer.from('what is in the backup');
const deps = { kdf: argon2Kdf, random: systemRandom };
let file: Buffer;

beforeAll(async () => {
  file = sealBackup(systemRandom, await newBackupKey(deps, passphrase(), cheapest), content);
});

/** Changed on purpose: with a checksum that fits again. */
function resummed(change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(file);
  change(bytes);
  createHash('sha256')
    .update(bytes.subarray(0, -32))
    .digest()
    .copy(bytes, bytes.length - 32);
  return bytes;
}

describe('a backup file', () => {
  it('opens with its passphrase and is another one each time', async () => {
    expect((await openBackup(argon2Kdf, readBackup(file), passphrase())).equals(content)).toBe(true);
    const again = sealBackup(systemRandom, await newBackupKey(deps, passphrase(), cheapest), content);
    expect(again.subarray(18).equals(file.subarray(18))).toBe(false);
    expect(file.includes(content)).toBe(false);
  });

  it('does not open with another passphrase', async () => {
    const opening = openBackup(argon2Kdf, readBackup(file), Buffer.from('seven quiet lanterns drift '));
    await expect(opening).rejects.toMatchObject({ code: 'backup_wrong_passphrase' });
  });

  it('with any byte flipped is damaged, or no backup when its first bytes are', () => {
    const position = fc.nat({ max: file.length - 1 });
    fc.assert(
      fc.property(position, fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bytes = Buffer.from(file);
        bytes.writeUInt8(bytes.readUInt8(at) ^ flip, at);
        expect(() => readBackup(bytes)).toThrow(at < 8 ? 'backup_foreign' : 'backup_damaged');
      }),
      { numRuns: 500 },
    );
  });

  it('cut anywhere is damaged, or no backup when little is left', () => {
    for (let length = 0; length < file.length; length += 1) {
      const cut = file.subarray(0, length);
      expect(() => readBackup(cut)).toThrow(length < 8 ? 'backup_foreign' : 'backup_damaged');
    }
    expect(() => readBackup(Buffer.concat([file, Buffer.of(0)]))).toThrow('backup_damaged');
  });

  it('never is anything but bytes that are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, marked) => {
        const any = Buffer.concat([Buffer.from(marked ? 'KHBACKUP' : ''), bytes]);
        expect(() => readBackup(any)).toThrow(/^backup_(foreign|damaged)$/);
      }),
      { numRuns: 1000 },
    );
  });

  it('changed on purpose anywhere behind its format does not open', async () => {
    for (const at of [18, 33, 34, 45, 46, file.length - 33]) {
      const changed = resummed((bytes) => bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at));
      const opening = openBackup(argon2Kdf, readBackup(changed), passphrase());
      await expect(opening).rejects.toMatchObject({ code: 'backup_wrong_passphrase' });
    }
  });

  it('of a later format is said to be newer', () => {
    expect(() => readBackup(resummed((bytes) => bytes.writeUInt8(3, 8)))).toThrow('backup_newer');
    expect(() => readBackup(resummed((bytes) => bytes.writeUInt8(0, 8)))).toThrow('backup_damaged');
  });

  it.each([
    ['no memory', 9, 0],
    ['all memory', 9, 0xffffffff],
    ['no iterations', 13, 0],
    ['iterations for days', 13, 0xffffffff],
  ])('that asks for %s is refused before anything is derived', (_what, at, value) => {
    expect(() => readBackup(resummed((bytes) => bytes.writeUInt32BE(value, at)))).toThrow('backup_damaged');
  });

  it.each([
    ['a gigabyte', 1024 * 1024, 1],
    ['much memory many times', 256 * 1024, 17],
    ['as much as it can, at most', 64 * 1024 + 1, 64],
  ])('that asks for %s is refused before anything is derived', (_what, memoryKiB, iterations) => {
    const asking = (bytes: Buffer): unknown => {
      bytes.writeUInt32BE(memoryKiB, 9);
      return bytes.writeUInt32BE(iterations, 13);
    };
    expect(() => readBackup(resummed(asking))).toThrow('backup_damaged');
  });

  it('that asks for all that Keyhold may have asked for itself is read', () => {
    for (const [memoryKiB, iterations] of [
      [64 * 1024, 64],
      [256 * 1024, 16],
    ] as const) {
      const asking = (bytes: Buffer): unknown => {
        bytes.writeUInt32BE(memoryKiB, 9);
        return bytes.writeUInt32BE(iterations, 13);
      };
      expect(readBackup(resummed(asking)).parameters).toMatchObject({ memoryKiB, iterations });
    }
  });

  it.each([0, 200])('that asks for %d lanes is refused', (lanes) => {
    expect(() => readBackup(resummed((bytes) => bytes.writeUInt8(lanes, 17)))).toThrow('backup_damaged');
  });

  it('is never larger than what is read', async () => {
    const key = await newBackupKey(deps, passphrase(), cheapest);
    const overhead = file.length - content.length;
    const largest = sealBackup(systemRandom, key, randomBytes(limits.backupBytes - overhead));
    expect(largest).toHaveLength(limits.backupBytes);
    expect(() => sealBackup(systemRandom, key, Buffer.alloc(limits.backupBytes - overhead + 1))).toThrow(
      'backup_too_large',
    );
    expect(() => readBackup(Buffer.concat([largest, Buffer.of(0)]))).toThrow('backup_too_large');
  });
});
