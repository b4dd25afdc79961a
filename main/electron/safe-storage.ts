import { safeStorage } from 'electron';
import type { Keychain } from '../core/ports.ts';

/** Linux back ends that keep their key where other users and other computers cannot read it. */
const realBackends: ReadonlySet<string> = new Set(['gnome_libsecret', 'kwallet', 'kwallet5', 'kwallet6']);

/** Electron got its asynchronous calls long after these; the development runtime (ADR 2) has these alone. */
interface BlockingStorage {
  isEncryptionAvailable(): boolean;
  encryptString(text: string): Buffer;
  decryptString(sealed: Buffer): string;
}
const blocking: BlockingStorage = safeStorage;
const hasAsync = 'encryptStringAsync' in safeStorage;

function backendName(): string | null {
  if (process.platform === 'darwin') return 'macos_keychain';
  if (process.platform === 'win32') return 'windows_dpapi';
  const name = safeStorage.getSelectedStorageBackend();
  // Not `basic_text`: that encrypts with a password which is the same on every computer.
  return realBackends.has(name) ? name : null;
}

async function isAvailable(): Promise<boolean> {
  return hasAsync ? safeStorage.isAsyncEncryptionAvailable() : blocking.isEncryptionAvailable();
}

async function encrypt(text: string): Promise<Buffer> {
  return hasAsync ? safeStorage.encryptStringAsync(text) : blocking.encryptString(text);
}

async function decrypt(sealed: Buffer): Promise<string> {
  return hasAsync ? (await safeStorage.decryptStringAsync(sealed)).result : blocking.decryptString(sealed);
}

/**
 * The system keychain through Electron's safeStorage. It takes and gives text, so that a secret passes through a
 * string here, in base64, which the engine frees in its own time.
 */
export const systemKeychain: Keychain = {
  async backend() {
    const name = backendName();
    return name !== null && (await isAvailable()) ? name : null;
  },
  async protect(secret) {
    try {
      return await encrypt(secret.toString('base64'));
    } catch {
      return null;
    }
  },
  async reveal(sealed) {
    try {
      return Buffer.from(await decrypt(sealed), 'base64');
    } catch {
      return null;
    }
  },
};
