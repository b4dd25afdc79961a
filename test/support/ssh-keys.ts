import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Private keys made by the real ssh-keygen and openssl, in a folder that is removed with them. */
export class KeyMaker {
  readonly folder = mkdtempSync(join(tmpdir(), 'keyhold-keys-'));
  #count = 0;

  /** The path of a new OpenSSH key. `options`: further arguments, such as `['-Z', 'aes256-cbc']`. */
  sshFile(passphrase = '', options: readonly string[] = ['-t', 'ed25519'], comment = 'laptop'): string {
    const path = this.#path();
    execFileSync('ssh-keygen', ['-q', '-N', passphrase, '-C', comment, '-f', path, ...options]);
    return path;
  }

  ssh(passphrase = '', options?: readonly string[]): Buffer {
    return readFileSync(this.sshFile(passphrase, options));
  }

  /** The public line of an OpenSSH private key as ssh-keygen works it out. */
  static publicLine(path: string, passphrase = ''): string {
    return execFileSync('ssh-keygen', ['-y', '-P', passphrase, '-f', path], { encoding: 'utf8' });
  }

  /** The path of a new PKCS#8 key in PEM. `options`: the kind, such as `['-algorithm', 'x25519']`. */
  pemFile(options: readonly string[] = ['-algorithm', 'ed25519']): string {
    const path = this.#path();
    execFileSync('openssl', ['genpkey', ...options, '-out', path], { stdio: 'ignore' });
    return path;
  }

  pem(options?: readonly string[]): Buffer {
    return readFileSync(this.pemFile(options));
  }

  /** The same key as a PKCS#8 PEM file has, encrypted. `options`: how, such as `['-scrypt']`. */
  encrypt(pemFile: string, passphrase: string, options: readonly string[] = []): Buffer {
    const path = this.#path();
    const input = ['-in', pemFile, '-out', path, '-passout', `pass:${passphrase}`];
    execFileSync('openssl', ['pkcs8', '-topk8', ...input, ...options]);
    return readFileSync(path);
  }

  /** The public key of a PEM file as openssl works it out, in PEM. */
  static publicPem(path: string): string {
    return execFileSync('openssl', ['pkey', '-in', path, '-pubout'], { encoding: 'utf8' });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #path(): string {
    this.#count += 1;
    return join(this.folder, `key-${String(this.#count)}`);
  }
}
