import { spawn, spawnSync } from 'node:child_process';
import { createHash, createPublicKey, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { importPKCS8, SignJWT } from 'jose';
import { programOnPath } from '../../scripts/setup/system-needs.mjs';
import { registryToken } from '../support/registry-client.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

/** A running registry with one repository to push to. */
export interface BenchRegistry {
  origin: string;
  /** Where it keeps contents; what is in there may be removed between rounds. */
  contents: string;
  /** A fresh Bearer token that allows to pull and push. */
  token(): Promise<string>;
  stop(): Promise<unknown>;
}

/** The repository that the benchmark uses in every registry. */
export const repository = 'acme/bench';

const peerProgram = 'docker-registry';

/** What of the peer is not on this machine; empty when all is. */
export function missingForPeer(): string[] {
  return [peerProgram, 'openssl'].filter((program) => programOnPath(program) === null);
}

/** The reference server with its data in a folder, its log at warnings. */
export async function startOwnRegistry(folder: string): Promise<BenchRegistry & { server: TestServer }> {
  const server = await startTestServer({ args: ['--data', folder, '--log-level', 'warn'] });
  return {
    server,
    origin: server.origin,
    contents: join(folder, 'blobs', 'sha256'),
    token: () => registryToken(server, 'maya', `repository:${repository}:pull,push`),
    stop: () => server.stop(),
  };
}

/**
 * Debian's docker-registry with its data in a folder, token authentication, its cache of blob descriptors, its log at
 * warnings. The token names its key by `kid`, the quickest of the ways that this registry knows.
 */
export async function startPeerRegistry(folder: string): Promise<BenchRegistry> {
  mkdirSync(folder, { recursive: true });
  const key = makeKey(folder);
  const port = await freePort();
  const config = join(folder, 'config.yml');
  writeFileSync(config, configText({ folder, port, certificate: key.certificate }));
  const child = spawn(programOnPath(peerProgram) ?? peerProgram, ['serve', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-2000)));
  const ended = once(child, 'close');
  const origin = `http://127.0.0.1:${String(port)}`;
  while (!(await answers(origin))) {
    if (child.exitCode !== null) throw new Error(`docker-registry did not start:\n${errors}`);
    await pause(50);
  }
  return {
    origin,
    contents: join(folder, 'docker', 'registry', 'v2', 'blobs'),
    token: () => key.token(),
    stop: () => {
      child.kill();
      return ended;
    },
  };
}

async function answers(origin: string): Promise<boolean> {
  const response = await fetch(`${origin}/v2/`).catch(() => null);
  return response?.status === 401;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function configText(place: { folder: string; port: number; certificate: string }): string {
  return `version: 0.1
log: { level: warn, accesslog: { disabled: true } }
storage:
  cache: { blobdescriptor: inmemory }
  filesystem: { rootdirectory: ${JSON.stringify(place.folder)} }
http: { addr: "127.0.0.1:${String(place.port)}" }
auth:
  token: { realm: "http://127.0.0.1/token", service: bench, issuer: bench, rootcertbundle: ${JSON.stringify(place.certificate)} }
`;
}

function makeKey(folder: string): { certificate: string; token: () => Promise<string> } {
  const certificate = join(folder, 'token.crt');
  const keyFile = join(folder, 'token.key');
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=bench'];
  const { status, stderr } = spawnSync('openssl', [...args, '-keyout', keyFile, '-out', certificate], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`openssl made no certificate: ${stderr}`);
  const kid = keyId(readFileSync(certificate, 'utf8'));
  const token = async (): Promise<string> => {
    const key = await importPKCS8(readFileSync(keyFile, 'utf8'), 'RS256');
    return new SignJWT({ access: [{ type: 'repository', name: repository, actions: ['pull', 'push'] }] })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
      .setIssuer('bench')
      .setSubject('bench')
      .setAudience('bench')
      .setIssuedAt()
      .setNotBefore('0s')
      .setExpirationTime('1h')
      .setJti(randomUUID())
      .sign(key);
  };
  return { certificate, token };
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** How docker-registry names a key: 240 bits of the SHA-256 of its SPKI form, in base32, in groups of four. */
function keyId(certificate: string): string {
  const der = createPublicKey(certificate).export({ type: 'spki', format: 'der' });
  const bits = [...createHash('sha256').update(der).digest().subarray(0, 30)]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('');
  const letters = bits.match(/.{5}/g)?.map((group) => base32.charAt(Number.parseInt(group, 2))) ?? [];
  return letters.join('').match(/.{4}/g)?.join(':') ?? '';
}
