import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

  /** Protects an OpenSSH key that had no passphrase. */
  static protect(path: string, passphrase: string): void {
    execFileSync('ssh-keygen', ['-q', '-p', '-a', '1', '-P', '', '-N', passphrase, '-f', path], {
      stdio: 'ignore',
    });
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

  /** The same as PEM. */
  static publicPemOfSsh(path: string): string {
    // ssh-keygen knows no PEM for Ed25519; the key is the last part of its line.
    const blob = Buffer.from(readFileSync(`${path}.pub`, 'utf8').split(' ')[1] ?? '', 'base64');
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), blob.subarray(-32)]);
    return `-----BEGIN PUBLIC KEY-----\n${spki.toString('base64')}\n-----END PUBLIC KEY-----\n`;
  }

  /** A certificate, in PEM, of the key that a PEM file has. */
  certificate(pemFile: string): string {
    const path = this.#path();
    const input = ['-key', pemFile, '-subj', '/CN=example', '-days', '30', '-out', path];
    execFileSync('openssl', ['req', '-x509', '-new', ...input], { stdio: 'ignore' });
    return readFileSync(path, 'utf8');
  }

  /** A PKCS#12 file with that key and certificate. */
  pkcs12(pemFile: string): Buffer {
    const certificate = this.#path();
    writeFileSync(certificate, this.certificate(pemFile));
    const path = this.#path();
    const input = ['-inkey', pemFile, '-in', certificate, '-out', path, '-passout', 'pass:x'];
    execFileSync('openssl', ['pkcs12', '-export', ...input]);
    return readFileSync(path);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #path(): string {
    this.#count += 1;
    return join(this.folder, `key-${String(this.#count)}`);
  }
}
