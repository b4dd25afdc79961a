import { describe, expect, it } from 'vitest';
import {
  dockerConfigFile,
  helperPath,
  podmanAuthFile,
  sessionFile,
} from '../../../../main/core/registries/paths.ts';

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

  it.each([
    [{ XDG_RUNTIME_DIR: '/run/user/1000' }, '/run/user/1000/containers/auth.json'],
    [{}, '/run/containers/1000/auth.json'],
    [{ XDG_RUNTIME_DIR: '' }, '/run/containers/1000/auth.json'],
    [{ REGISTRY_AUTH_FILE: '/elsewhere' }, null],
  ])('with %j the file of the session is %s', (env, file) => {
    expect(sessionFile(env, 'linux', 1000)).toBe(file);
    expect(sessionFile(env, 'darwin', 1000)).toBeNull();
  });

  it('the helper belongs in the folder for programs of the user', () => {
    expect(helperPath('/home/maya')).toBe('/home/maya/.local/bin/docker-credential-keyhold');
  });
});
