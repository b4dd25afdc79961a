import { describe, expect, it } from 'vitest';
import { fileLogger } from '../../../../main/adapters/logger.ts';
import { DiskTextFiles } from '../../../../main/adapters/text-files.ts';
import { terminalCheck, type Terminal } from '../../../../main/core/doctor/terminal-check.ts';
import type { CheckInput, Found } from '../../../../main/core/doctor/finding.ts';

const path = '/home/ada/.local/bin/docker-credential-keyhold';
const usual: Terminal = { helper: path, registryAuthFile: null, dockerConfig: null, dockerAuthConfig: false };

function check(
  terminal: Partial<Terminal>,
  docker = '/home/ada/.docker/config.json',
): Promise<Found[]> | Found[] {
  const files = { podman: '/home/ada/.config/containers/auth.json', docker };
  const overview: CheckInput['overview'] = {
    files,
    registries: [],
    helper: { path, state: 'current', onPath: true },
  };
  const deps = { files: new DiskTextFiles(fileLogger('/', 'silent')), homeFolder: '/home/ada' };
  return terminalCheck({ ...usual, ...terminal }, deps)({ overview, registries: [] });
}

describe('a terminal', () => {
  it.each([
    ['as usual', {}],
    [
      'that names the usual files',
      { registryAuthFile: '/home/ada/.config/containers/auth.json', dockerConfig: '/home/ada/.docker/' },
    ],
  ])('%s is well', async (_what, terminal) => {
    expect(await check(terminal)).toMatchObject([{ id: 'terminal', state: 'ok' }]);
  });

  it('without the variable that the app was started with is told to set it', async () => {
    expect(await check({}, '/srv/my docker/config.json')).toMatchObject([
      {
        id: 'terminal:DOCKER_CONFIG',
        state: 'broken',
        found: 'Docker reads /home/ada/.docker/config.json here.',
        mend: { command: "export DOCKER_CONFIG='/srv/my docker'" },
      },
    ]);
    expect(await check({ dockerConfig: '/srv/my docker' }, '/srv/my docker/config.json')).toMatchObject([
      { state: 'ok' },
    ]);
  });
});
