import { describe, expect, it } from 'vitest';
import { dockerConfigFile, helperPath, podmanAuthFile } from '../../../../main/core/registries/paths.ts';

describe('paths', () => {
  it.each([
    [{}, '/home/maya/.config/containers/auth.json'],
    [{ XDG_CONFIG_HOME: '' }, '/home/maya/.config/containers/auth.json'],
    [{ XDG_CONFIG_HOME: '/elsewhere' }, '/elsewhere/containers/auth.json'],
  ])('with %j the auth file is %s', (env, file) => {
    expect(podmanAuthFile(env, '/home/maya')).toBe(file);
  });

  it.each([
    [{}, '/home/maya/.docker/config.json'],
    [{ DOCKER_CONFIG: '' }, '/home/maya/.docker/config.json'],
    [{ DOCKER_CONFIG: '/elsewhere' }, '/elsewhere/config.json'],
  ])('with %j the configuration of Docker is %s', (env, file) => {
    expect(dockerConfigFile(env, '/home/maya')).toBe(file);
  });

  it('the helper belongs in the folder for programs of the user', () => {
    expect(helperPath('/home/maya')).toBe('/home/maya/.local/bin/docker-credential-keyhold');
  });
});
