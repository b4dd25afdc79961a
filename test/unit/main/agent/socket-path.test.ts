import { describe, expect, it } from 'vitest';
import { agentSocketPath, isSocketPathTooLong } from '../../../../main/agent/socket-path.ts';

const home = '/home/maya';

describe('agentSocketPath', () => {
  it.each([
    [{ XDG_RUNTIME_DIR: '/run/user/1000' }, 'linux', '/run/user/1000/keyhold/agent.sock'],
    [
      { XDG_RUNTIME_DIR: '/run/user/1000', XDG_STATE_HOME: '/state' },
      'linux',
      '/run/user/1000/keyhold/agent.sock',
    ],
    [{ XDG_STATE_HOME: '/state' }, 'linux', '/state/keyhold/agent.sock'],
    [{}, 'linux', '/home/maya/.local/state/keyhold/agent.sock'],
    [{ XDG_RUNTIME_DIR: 'run', XDG_STATE_HOME: '/state' }, 'linux', '/state/keyhold/agent.sock'],
    [
      { XDG_RUNTIME_DIR: '', XDG_STATE_HOME: './state' },
      'linux',
      '/home/maya/.local/state/keyhold/agent.sock',
    ],
    [{ XDG_RUNTIME_DIR: '', XDG_STATE_HOME: '' }, 'linux', '/home/maya/.local/state/keyhold/agent.sock'],
    [{ XDG_RUNTIME_DIR: '/run' }, 'darwin', '/home/maya/Library/Application Support/Keyhold/agent.sock'],
    [{ USERNAME: 'maya' }, 'win32', '\\\\.\\pipe\\keyhold-agent-maya'],
  ])('with %j on %s is %s', (env, platform, path) => {
    expect(agentSocketPath(env, platform, home)).toBe(path);
  });
});

describe('isSocketPathTooLong', () => {
  it('counts bytes against what the system has room for', () => {
    expect(isSocketPathTooLong('/'.padEnd(107, 'a'), 'linux')).toBe(false);
    expect(isSocketPathTooLong('/'.padEnd(108, 'a'), 'linux')).toBe(true);
    expect(isSocketPathTooLong(`/${'ä'.repeat(54)}`, 'linux')).toBe(true);
    expect(isSocketPathTooLong('/'.padEnd(104, 'a'), 'darwin')).toBe(true);
    expect(isSocketPathTooLong('\\\\.\\pipe\\'.padEnd(200, 'a'), 'win32')).toBe(false);
  });
});
