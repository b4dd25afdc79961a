import * as fc from 'fast-check';
import { KeyholdError } from '../../contracts/errors.ts';
import { canonicalJson, parseHeader, requireAuthentic, slotOf } from '../../main/core/vault/header.ts';
import { Keyring } from '../../main/core/vault/keyring.ts';
import { decodeRecoveryCode } from '../../main/core/vault/recovery-code.ts';
import { openValue, sealValue, type SealPlace } from '../../main/core/vault/sealing.ts';
import { unwrapWithKeychain, unwrapWithPassphrase, unwrapWithRecovery } from '../../main/core/vault/slots.ts';
import { systemRandom } from '../../main/adapters/random.ts';
import type { Tally } from './tally.ts';
import { passphrase, type SoakVault } from './soak-vault.ts';

/** Bytes that are cut, flipped or exchanged. */
export const byteChange = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), with: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('grow' as const), bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }) }),
  fc.record({ kind: fc.constant('zero' as const), at: fc.nat(), length: fc.integer({ min: 1, max: 64 }) }),
);
export type ByteChange = typeof byteChange extends fc.Arbitrary<infer T> ? T : never;

/** A copy with the change in it. */
export function changedBytes(bytes: Buffer, change: ByteChange): Buffer {
  const copy = Buffer.from(bytes);
  const at = 'at' in change && bytes.length > 0 ? change.at % bytes.length : 0;
  switch (change.kind) {
    case 'flip':
      if (copy.length > 0) copy.writeUInt8(copy.readUInt8(at) ^ change.with, at);
      return copy;
    case 'cut':
      return copy.subarray(0, at);
    case 'grow':
      return Buffer.concat([copy, change.bytes]);
    case 'zero':
      return copy.fill(0, at, Math.min(copy.length, at + change.length));
  }
}

const numbers = [
  -1,
  0,
  0.5,
  1,
  2,
  16,
  17,
  64,
  65,
  8191,
  8192,
  8193,
  262_144,
  262_145,
  2 ** 31,
  2 ** 53,
  1e308,
];
const values = [
  ...numbers,
  '',
  null,
  true,
  [],
  {},
  'argon2id',
  'pbkdf2',
  '../../etc/passwd',
  'A'.repeat(4096),
];
const slotMembers = ['id', 'createdAt', 'kind', 'wrapped', 'kdf', 'backend', 'secret'];
const places: readonly (readonly string[])[] = [
  ...['format', 'vaultId', 'createdAt', 'slots', 'extra'].map((member) => [member]),
  ...['0', '1', '2'].flatMap((slot) => slotMembers.map((member) => ['slots', slot, member])),
  ...['name', 'version', 'memoryKiB', 'iterations', 'parallelism', 'salt', 'extra'].map((each) => [
    'slots',
    '0',
    'kdf',
    each,
  ]),
  ...['0', '1', '2'].flatMap((slot) =>
    ['nonce', 'ciphertext'].map((each) => ['slots', slot, 'wrapped', each]),
  ),
];

const headerChange = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ kind: 'none' as const }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('set' as const),
      place: fc.constantFrom(...places),
      value: fc.constantFrom(...values),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('costs' as const),
      memoryKiB: fc.constantFrom(...numbers),
      iterations: fc.constantFrom(...numbers),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('swap' as const),
      one: fc.constantFrom(...places),
      other: fc.constantFrom(...places),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('of another vault' as const),
      place: fc.constantFrom(...places),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('text' as const), change: byteChange }) },
);

const ways = ['passphrase', 'keychain', 'recovery'] as const;

/** A header that was changed, the authentication code that lies with it, and the way in that is tried. */
export const headerCase = fc.record({
  change: headerChange,
  mac: fc.option(byteChange, { freq: 2 }),
  way: fc.constantFrom(...ways),
});
type HeaderCase = typeof headerCase extends fc.Arbitrary<infer T> ? T : never;

type Json = Record<string, unknown>;

function parentOf(header: unknown, place: readonly string[]): { parent: Json; member: string } | null {
  const member = place.at(-1) ?? '';
  const parent = place.slice(0, -1).reduce<unknown>((at, each) => (at as Json | undefined)?.[each], header);
  return typeof parent === 'object' && parent !== null ? { parent: parent as Json, member } : null;
}

function changedText({ change }: HeaderCase, vault: SoakVault, another: SoakVault): string {
  if (change.kind === 'none') return vault.headerText;
  if (change.kind === 'text')
    return changedBytes(Buffer.from(vault.headerText), change.change).toString('utf8');
  const header: unknown = JSON.parse(vault.headerText);
  if (change.kind === 'costs') {
    const { memoryKiB, iterations } = change;
    Object.assign(parentOf(header, ['slots', '0', 'kdf', 'salt'])?.parent ?? {}, { memoryKiB, iterations });
    return canonicalJson(header);
  }
  const target = parentOf(header, change.kind === 'swap' ? change.one : change.place);
  const source = change.kind === 'swap' ? parentOf(header, change.other) : null;
  if (target === null) return vault.headerText;
  if (change.kind === 'set') target.parent[target.member] = change.value;
  else if (change.kind === 'of another vault') {
    const theirs = parentOf(JSON.parse(another.headerText), change.place);
    target.parent[target.member] = theirs?.parent[theirs.member];
  } else if (source !== null) {
    const kept = target.parent[target.member];
    target.parent[target.member] = source.parent[source.member];
    source.parent[source.member] = kept;
  }
  return canonicalJson(header);
}

/** Tries one way in. Null when that way does not fit the header. */
async function open(text: string, way: (typeof ways)[number], vault: SoakVault): Promise<Buffer | null> {
  const header = parseHeader(text);
  switch (way) {
    case 'passphrase': {
      const slot = slotOf(header, way);
      return slot === undefined
        ? null
        : unwrapWithPassphrase(vault.kdf, header.vaultId, slot, Buffer.from(passphrase));
    }
    case 'keychain': {
      const slot = slotOf(header, way);
      const secret = slot && (await vault.keychain.reveal(Buffer.from(slot.secret, 'base64')));
      vault.keychain.revealed.length = 0;
      return slot && secret ? unwrapWithKeychain(header.vaultId, slot, secret) : null;
    }
    case 'recovery': {
      const slot = slotOf(header, way);
      return slot ? unwrapWithRecovery(header.vaultId, slot, decodeRecoveryCode(vault.code)) : null;
    }
  }
}

/** A changed header opens by no way, and asks for no more work than a vault may; a right one gives the right key. */
export async function checkHeader(
  given: HeaderCase,
  vault: SoakVault,
  another: SoakVault,
  tally: Tally,
): Promise<void> {
  const text = changedText(given, vault, another);
  const mac = given.mac === null ? vault.mac : changedBytes(vault.mac, given.mac);
  const isRight = text === vault.headerText && mac.equals(vault.mac);
  try {
    const dataKey = await open(text, given.way, vault);
    if (dataKey === null) {
      if (isRight) throw new Error(`the ${given.way} does not open its own vault`);
      tally.count('headers that gave no key');
      return;
    }
    if (!dataKey.equals(vault.dataKey)) throw new Error('another key came out');
    requireAuthentic(new Keyring(dataKey), text, mac);
  } catch (error) {
    if (!(error instanceof KeyholdError) || error.code !== 'vault_damaged' || isRight) throw error;
    tally.count('headers found damaged');
    return;
  }
  if (!isRight) throw new Error('a changed header is taken for authentic');
  tally.count('headers opened');
}

const sealPlaces: readonly SealPlace[] = ['keys.sealed_seed', 'approval_rules.sealed_rule'].flatMap((where) =>
  ['row-1', 'row-2'].map((row) => {
    const [table = '', column = ''] = where.split('.');
    return { table, row, column };
  }),
);

/** A sealed secret that was changed, or is looked for at another place or in another vault. */
export const sealedCase = fc.record({
  change: fc.option(byteChange, { freq: 3 }),
  secret: fc.uint8Array({ maxLength: 64 }),
  from: fc.constantFrom(...sealPlaces),
  to: fc.constantFrom(...sealPlaces),
  isOtherVault: fc.boolean(),
});
type SealedCase = typeof sealedCase extends fc.Arbitrary<infer T> ? T : never;

/** What was sealed opens where it was sealed, as it was, and nowhere else. */
export function checkSealed(
  { change, secret, from, to, isOtherVault }: SealedCase,
  vault: SoakVault,
  tally: Tally,
): void {
  const keyring = new Keyring(Buffer.from(vault.dataKey));
  const sealed = sealValue(keyring, systemRandom, vault.vaultId, from, Buffer.from(secret));
  const found = change === null ? sealed : changedBytes(sealed, change);
  const isRight = found.equals(sealed) && from === to && !isOtherVault;
  try {
    const opened = openValue(keyring, isOtherVault ? 'another-vault' : vault.vaultId, to, found);
    if (!isRight || !opened.equals(secret)) throw new Error('something else was opened than what was sealed');
    tally.count('sealed values opened');
  } catch (error) {
    if (!(error instanceof KeyholdError) || error.code !== 'vault_damaged' || isRight) throw error;
    tally.count('sealed values refused');
  }
}
