import type { z } from 'zod';
import type {
  decryptRequestSchema,
  encryptRequestSchema,
  SignRequest,
  VerifyRequest,
} from '../../contracts/server-api/tkeeper/signing.ts';
import { KeeperError } from '../http/keeper-error.ts';
import { hashOf, signBytes, verifyBytes } from './algorithms.ts';
import { readBase64 } from './base64.ts';
import { decryptWith, encryptFor } from './ecies.ts';
import { refuseApprovals } from './lifecycle.ts';
import type { Scope } from './operation.ts';
import { authoritiesOf, requireApply, requireProcess } from './policy.ts';
import { storedGeneration, withMaterial } from './stored-keys.ts';
import type { StoredKey } from './stored-keys.ts';

/** The public key of a generation; without one, of the current. @throws KeeperError */
export async function publicKey(
  scope: Scope,
  request: { keyId: string; generation?: number | undefined; tweak?: string | null | undefined },
): Promise<{ data64: string }> {
  refuseTweak(request);
  const stored = await useOf(scope, request.keyId, request.generation);
  return { data64: stored.generation.public_key };
}

/** Signs bytes by the current generation. @throws KeeperError */
export async function signArtifact(scope: Scope, request: SignRequest) {
  refuseApprovals(request);
  refuseTweak(request);
  const stored = await useOf(scope, request.keyId, null);
  const { key, algorithm } = stored;
  requireApply(key, scope.now);
  const { command } = request;
  const artifact = arbitraryOf(command);
  if (!authoritiesOf(key).some(({ id }) => id === command.authorityId)) {
    throw new KeeperError(
      'AUTHORITY_VIOLATION',
      'The key has no authority of this id. The inventory lists those that it has.',
    );
  }
  const hash = hashOf(algorithm, artifact);
  const data = readBase64('data64', artifact.data64);
  const signature = withMaterial(scope.keys, stored, (material) =>
    signBytes(algorithm, material, hash, data),
  );
  return {
    type: artifact.scheme,
    signature64: signature.toString('base64'),
    generation: key.generation,
    imposters: [],
  };
}

/** Whether a signature is a generation's. What is no signature at all is not valid either. @throws KeeperError */
export async function verifySignature(scope: Scope, request: VerifyRequest): Promise<{ valid: boolean }> {
  refuseTweak(request);
  const { key, generation, algorithm, publicKey } = await useOf(scope, request.keyId, request.generation);
  requireProcess(key, generation.generation, scope.now);
  const artifact = arbitraryOf(request.command);
  const hash = hashOf(algorithm, artifact);
  const data = readBase64('data64', artifact.data64);
  const signature = readBase64('signature64', request.signature64);
  return { valid: verifyBytes(algorithm, publicKey, hash, data, signature) };
}

/** Encrypts for the current generation. @throws KeeperError */
export async function encrypt(scope: Scope, request: z.output<typeof encryptRequestSchema>) {
  refuseTweak(request);
  const stored = await useOf(scope, request.keyId, null);
  requireEcies(stored);
  requireApply(stored.key, scope.now);
  const plaintext = readBase64('plaintext64', request.plaintext64);
  const ciphertext = encryptFor(stored.publicKey, request.algorithm ?? 'AES_GCM', plaintext);
  return { ciphertext64: ciphertext.toString('base64'), generation: stored.key.generation };
}

/** Decrypts by a generation; without one, by the current. @throws KeeperError */
export async function decrypt(scope: Scope, request: z.output<typeof decryptRequestSchema>) {
  refuseApprovals(request);
  refuseTweak(request);
  const stored = await useOf(scope, request.keyId, request.generation);
  requireEcies(stored);
  requireProcess(stored.key, stored.generation.generation, scope.now);
  const ciphertext = readBase64('ciphertext64', request.ciphertext64);
  const { algorithm = null } = request;
  const plaintext = withMaterial(scope.keys, stored, (material) =>
    decryptWith(material, stored.publicKey, algorithm, ciphertext),
  );
  if (plaintext === null) {
    throw new KeeperError(
      'INVALID_CIPHERTEXT',
      `Generation ${String(stored.generation.generation)} does not decrypt this. Name the generation that it was ` +
        'encrypted for, and the algorithm only where it is that one.',
    );
  }
  return { plaintext64: plaintext.toString('base64'), imposters: [] };
}

/** A generation that is about to be used, noted for the audit log. */
async function useOf(
  { tx, keys, note }: Scope,
  keyId: string,
  generation: number | null | undefined,
): Promise<StoredKey> {
  const stored = await storedGeneration(tx, keys, keyId, generation);
  note({ algorithm: stored.algorithm, generation: stored.generation.generation });
  return stored;
}

function arbitraryOf(command: VerifyRequest['command'] | SignRequest['command']) {
  // The schema gives this type alone an artifact of that form.
  if (command.type === 'arbitrary' && 'data64' in command.artifact) {
    return command.artifact as Extract<VerifyRequest['command'], { type: 'arbitrary' }>['artifact'];
  }
  throw new KeeperError(
    'INVALID_AUTHORITY_TYPE',
    'This keeper signs and verifies bytes as they are (the type arbitrary), and reads no other artifacts.',
  );
}

function requireEcies({ algorithm }: StoredKey): void {
  if (algorithm === 'P256') return;
  throw new KeeperError(
    'UNSUPPORTED_KEY_ALGORITHM',
    `Keys of P256 encrypt and decrypt here, those of ${algorithm} sign alone.`,
  );
}

function refuseTweak({ tweak }: { tweak?: string | null | undefined }): void {
  if ((tweak ?? null) === null) return;
  throw new KeeperError('INVALID_TWEAK', 'This keeper makes no keys of others: leave the tweak out.');
}
