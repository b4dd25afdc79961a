import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileLogger } from '../../../../main/adapters/logger.ts';
import { setUpAsked } from '../../../../main/core/registries/asked-set-ups.ts';
import { addContext } from './add-context.ts';
import { registryParts, type RegistryParts } from './registry-parts.ts';

let parts: RegistryParts;
beforeEach(async () => {
  parts = await registryParts();
});
afterEach(async () => {
  await parts.dispose();
});

function setUp(facts: Parameters<typeof addContext>[1]): ReturnType<typeof setUpAsked> {
  const deps = { registries: parts.registries, logger: fileLogger(parts.home, 'silent') };
  return setUpAsked(deps, addContext(parts.parts, facts));
}

it.each([
  [{ setUpPodman: true }, { podman: 'done', docker: 'not_asked' }, 'keyhold', 'none'],
  [{ setUpDocker: true }, { podman: 'not_asked', docker: 'done' }, 'none', 'keyhold'],
  [{ setUpPodman: true, setUpDocker: true }, { podman: 'done', docker: 'done' }, 'keyhold', 'keyhold'],
])('%j sets up what was chosen and nothing else', async (facts, outcome, podman, docker) => {
  expect(await setUp(facts)).toEqual(outcome);
  const { clients } = (await parts.registries.list()).registries[0] ?? {};
  expect([clients?.podman.entry, clients?.docker.entry]).toEqual([podman, docker]);
});

it('one that fails does not keep the other from it', async () => {
  await parts.write('{');
  expect(await setUp({ setUpPodman: true, setUpDocker: true })).toEqual({ podman: 'failed', docker: 'done' });
});

it('a service without a registry has nothing to set up', async () => {
  expect(await setUp({ setUpPodman: true, hasRegistry: false })).toEqual({
    podman: 'not_asked',
    docker: 'not_asked',
  });
});
