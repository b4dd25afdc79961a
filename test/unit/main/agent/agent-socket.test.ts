import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, link, mkdir, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { socketAddress } from '../../../../main/agent/socket-address.ts';
import { answerWith, httpAnswer, leaveSocket, serveSocket } from '../../../support/agent-sockets.ts';
import { agentParts, post } from './agent-parts.ts';
import type { AgentParts } from './agent-parts.ts';

let parts: AgentParts;
let socketPath: string;

beforeEach(async () => {
  parts = await agentParts();
  ({ socketPath } = parts);
});
afterEach(async () => {
  await parts.dispose();
});

/** Runs something with the rights of an ordinary user: root may open and connect to anything. */
async function asOrdinaryUser(work: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return work();
  const nobody = 65534;
  for (const path of [parts.folder, dirname(socketPath), socketPath]) await chown(path, nobody, nobody);
  process.seteuid?.(nobody);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}

describe('the socket', () => {
  it('lets nobody else in', async () => {
    expect(await parts.agent.state()).toEqual({ listening: true, socket: socketPath, problem: null });
    expect(await modeOf(socketPath)).toBe(0o600);
    expect(await modeOf(dirname(socketPath))).toBe(0o700);
  });

  it('closes a folder that stood open', async () => {
    const folder = join(parts.folder, 'open');
    await mkdir(folder);
    await chmod(folder, 0o777);
    await parts.anotherAgent(join(folder, 'agent.sock')).start();
    expect(await modeOf(folder)).toBe(0o700);
  });

  it('is never taken from an agent that is alive', async () => {
    const second = parts.anotherAgent();
    expect(await second.start()).toEqual({ listening: false, socket: socketPath, problem: 'in_use' });
    await second.stop();
    expect((await post(socketPath, '/v1/credential/list', '')).status).toBe(200);
  });

  it('belongs to one of two agents that start at once', async () => {
    const both = [parts.anotherAgent(), parts.anotherAgent()];
    await parts.agent.stop();
    await Promise.all(both.map((one) => one.start()));
    for (const one of both) await one.keep();
    const states = await Promise.all(both.map((one) => one.state()));
    expect(states.map(({ problem }) => problem).sort()).toEqual(['in_use', null]);
    expect((await post(socketPath, '/v1/credential/list', '')).status).toBe(200);
  });

  it('is taken over from a program that was killed', async () => {
    const left = join(parts.folder, 'left.sock');
    const program = `require('node:net').createServer().listen(process.argv[1], () => console.log('up'))`;
    const child = spawn(process.execPath, ['-e', program, left], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'close');
    expect((await stat(left)).isSocket()).toBe(true);
    expect(await parts.anotherAgent(left).start()).toMatchObject({ listening: true, problem: null });
    expect((await post(left, '/v1/credential/list', '')).status).toBe(200);
  });

  it('does not take the place of a file that is no socket', async () => {
    const file = join(parts.folder, 'notes.txt');
    await writeFile(file, 'mine');
    expect(await parts.anotherAgent(file).start()).toMatchObject({
      listening: false,
      problem: 'not_a_socket',
    });
    expect((await stat(file)).size).toBe(4);
  });

  it('is gone after the stop, and can be started again', async () => {
    await parts.agent.stop();
    await expect(stat(socketPath)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await parts.agent.state()).toMatchObject({ listening: false, problem: null });
    expect(await parts.agent.start()).toMatchObject({ listening: true });
  });

  it.runIf(process.platform === 'linux').each([107, 108, 109, 300])(
    'has a path of %i bytes',
    async (length) => {
      const name = 'ä'.padEnd(length - parts.folder.length - '/'.length * 2 - 'agent.sock'.length - 1, 'a');
      // One name of a file has 255 bytes at most.
      const folder = join(parts.folder, name.length > 200 ? name.replace(/^(.{100})./, '$1/') : name);
      const long = join(folder, 'agent.sock');
      expect(Buffer.byteLength(long)).toBe(length);
      const agent = parts.anotherAgent(long);
      expect(await agent.start()).toEqual({ listening: true, socket: long, problem: null });
      expect(await modeOf(long)).toBe(0o600);
      expect(await readdir(folder)).toEqual(['agent.sock']);
      const { address, close } = await socketAddress(long);
      expect((await post(address, '/v1/credential/list', '')).status).toBe(200);
      await close();
      await rm(long);
      expect(await agent.keep()).toMatchObject({ listening: true });
      await agent.stop();
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it('says when it cannot be made', async () => {
    const impossible = join(socketPath, 'agent.sock');
    expect(await parts.anotherAgent(impossible).start()).toMatchObject({
      listening: false,
      problem: 'failed',
    });
  });

  it('ends a waiting connection at the stop', async () => {
    const silent = connect(socketPath);
    await once(silent, 'connect');
    await Promise.all([once(silent, 'close'), parts.agent.stop()]);
  });
});

describe('a socket that others took away', () => {
  const gone = { listening: false, problem: null };
  const reached = { listening: true, problem: null };

  async function answers(): Promise<boolean> {
    return (await post(socketPath, '/v1/credential/list', '')).status === 200;
  }

  const losses: [string, () => Promise<unknown>][] = [
    ['removed', () => rm(socketPath)],
    ['removed with its folder', () => rm(dirname(socketPath), { recursive: true })],
    ['moved away', () => rename(socketPath, `${socketPath}.old`)],
    ['moved away with its folder', () => rename(dirname(socketPath), join(parts.folder, 'old'))],
    ['closed to its owner', () => chmod(socketPath, 0o000)],
    ['in a folder that is closed to its owner', () => chmod(dirname(socketPath), 0o000)],
    [
      'closed with its folder',
      async () => {
        await chmod(socketPath, 0o000);
        await chmod(dirname(socketPath), 0o000);
      },
    ],
    [
      'replaced by a socket that nobody serves',
      async () => {
        await rm(socketPath);
        await leaveSocket(socketPath);
      },
    ],
  ];

  it.each(losses)('%s: the state says so, and it comes back', async (_what, lose) => {
    await asOrdinaryUser(async () => {
      await lose();
      expect(await parts.agent.state()).toMatchObject(gone);
      expect(await parts.agent.keep()).toMatchObject(reached);
      expect(await answers()).toBe(true);
      expect([await modeOf(socketPath), await modeOf(dirname(socketPath))]).toEqual([0o600, 0o700]);
      await parts.agent.stop();
      await expect(stat(socketPath)).rejects.toMatchObject({ code: 'ENOENT' });
    });
  });

  it.each([
    ['open to others', () => chmod(socketPath, 0o666)],
    ['in a folder that is open to others', () => chmod(dirname(socketPath), 0o777)],
  ])('%s: it is served all the same, and closed to them again', async (_what, open) => {
    await open();
    expect(await parts.agent.state()).toMatchObject(reached);
    expect(await answers()).toBe(true);
    expect(await parts.agent.keep()).toMatchObject(reached);
    expect(await answers()).toBe(true);
    expect([await modeOf(socketPath), await modeOf(dirname(socketPath))]).toEqual([0o600, 0o700]);
  });

  it('comes back by itself', async () => {
    parts.agent.watch();
    await rm(dirname(socketPath), { recursive: true });
    await expect.poll(answers, { interval: 100 }).toBe(true);
  });

  const occupants: [string, 'not_a_socket' | 'in_use' | 'failed', () => Promise<() => Promise<unknown>>][] = [
    [
      'a file',
      'not_a_socket',
      async () => {
        await writeFile(socketPath, 'mine');
        return () => rm(socketPath);
      },
    ],
    [
      'a folder',
      'not_a_socket',
      async () => {
        await mkdir(socketPath);
        return () => rm(socketPath, { recursive: true });
      },
    ],
    [
      'a link to nowhere',
      'not_a_socket',
      async () => {
        await symlink('/nowhere', socketPath);
        return () => rm(socketPath);
      },
    ],
    [
      'another program’s socket',
      'in_use',
      async () => {
        const server = await serveSocket(socketPath, answerWith(httpAnswer('200 OK', 'other')));
        return () => new Promise((resolve) => server.close(resolve));
      },
    ],
    [
      'a file in the place of its folder',
      'failed',
      async () => {
        await rm(dirname(socketPath), { recursive: true });
        await writeFile(dirname(socketPath), 'mine');
        return () => rm(dirname(socketPath));
      },
    ],
  ];

  it.each(occupants)(
    'and replaced by %s: says %s, leaves it alone and comes back after it',
    async (...of) => {
      const [, problem, occupy] = of;
      await rm(socketPath);
      const giveUp = await occupy();
      expect(await parts.agent.state()).toMatchObject(gone);
      expect(await parts.agent.keep()).toMatchObject({ listening: false, problem });
      expect(await parts.agent.state()).toMatchObject({ listening: false, problem });
      await giveUp();
      expect(await parts.agent.keep()).toMatchObject(reached);
      expect(await answers()).toBe(true);
    },
  );

  it('does not take away what lies in its place when it stops', async () => {
    await rm(socketPath);
    const other = await serveSocket(socketPath, answerWith(httpAnswer('200 OK', 'other')));
    await parts.agent.stop();
    expect((await post(socketPath, '/', '')).body).toBe('other');
    await new Promise((resolve) => other.close(resolve));
  });

  it('does not end a request that is on its way', async () => {
    const asking = connect(socketPath);
    await once(asking, 'connect');
    const body = 'GET /v1/status HTTP/1.1\r\nHost: keyhold\r\n';
    asking.write(body);
    await rm(socketPath);
    expect(await parts.agent.keep()).toMatchObject(reached);
    asking.end('\r\n');
    expect(String(Buffer.concat((await asking.toArray()) as Buffer[]))).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('is not made again by an agent that was stopped', async () => {
    await parts.agent.stop();
    expect(await parts.agent.keep()).toMatchObject(gone);
    await expect(stat(socketPath)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is the same one under two names', async () => {
    await link(socketPath, `${socketPath}.too`);
    expect(await parts.agent.state()).toMatchObject(reached);
  });
});
