// Serves the agent on one socket and, for comparison, a server that makes one bare signature for each request on
// another; writes where they are as one JSON line, and ends with standard input. See agent.ts.
import { generateKeyPair, SignJWT } from 'jose';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { agentParts } from '../unit/main/agent/agent-parts.ts';
import { addContext } from '../unit/main/registries/add-context.ts';

const parts = await agentParts();
const { host } = addContext(parts.parts);

const { privateKey } = await generateKeyPair('Ed25519');
const floor = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const now = Math.floor(Date.now() / 1000);
    void new SignJWT({ sub: 'user-1', aud: host, iat: now, exp: now + 900, jti: crypto.randomUUID() })
      .setProtectedHeader({ alg: 'Ed25519', typ: 'JWT', kid: 'bench' })
      .sign(privateKey)
      .then((token) => {
        response.writeHead(200, { 'content-length': Buffer.byteLength(token), connection: 'close' });
        response.end(token);
      });
  });
});
const floorSocket = join(parts.folder, 'floor.sock');
await once(floor.listen(floorSocket), 'listening');

process.stdout.write(`${JSON.stringify({ host, agent: parts.socketPath, floor: floorSocket })}\n`);
await once(process.stdin.resume(), 'end');
floor.close();
floor.closeAllConnections();
await parts.dispose();
