import { screen, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { perClient } from '../../contracts/domain/registry-client.ts';
import { ipcContract } from '../../contracts/ipc/index.ts';
import { errorText } from '../../renderer/lib/error-text.ts';
import { helperPath, notSetUp, samplePreview, sampleRegistry, stagingId } from '../support/samples.ts';
import type { World } from '../support/world.ts';
import { fill, openPage, type OpenWindow } from './open-window.tsx';

const setUpStaging = 'Set up Podman for registry.staging.acme.example';

async function preview(facts: Partial<World> = {}): Promise<OpenWindow & { dialog: HTMLElement }> {
  const opened = await openPage('Registries', facts);
  await opened.user.click(await screen.findByRole('button', { name: setUpStaging }));
  return { ...opened, dialog: await screen.findByRole('dialog', { name: setUpStaging }) };
}

describe('set-up', () => {
  it('shows the file and each line that changes before anything is written', async () => {
    const { dialog, requests } = await preview();
    const change = await within(dialog).findByRole('region', { name: 'Change to the file' });
    expect(within(dialog).getByText('This file will be changed:')).toBeDefined();
    expect(within(dialog).getByText('/home/ada/.config/containers/auth.json')).toBeDefined();
    expect([...change.children].map((line) => line.textContent)).toContain(
      '+added:     "registry.acme.example": "keyhold"',
    );
    expect([...change.children].map((line) => line.textContent)).toContain('−removed:   }');
    expect(within(dialog).getByText(/The helper program will be installed at/)).toBeDefined();
    expect(requests('registries.setUp')).toEqual([]);
  });

  it('of Docker is about its own file', async () => {
    const { user, requests } = await openPage('Registries');
    await user.click(
      await screen.findByRole('button', { name: 'Set up Docker for registry.staging.acme.example' }),
    );
    const dialog = await screen.findByRole('dialog');
    await within(dialog).findByText('/home/ada/.docker/config.json');
    await user.click(within(dialog).getByRole('button', { name: 'Set up Docker' }));
    await screen.findByText('Docker signs in to registry.staging.acme.example through Keyhold');
    await user.click(
      screen.getByRole('button', { name: 'Undo Docker’s set-up for registry.staging.acme.example' }),
    );
    await screen.findByText('Docker no longer uses Keyhold for registry.staging.acme.example');
    expect(requests('registries.undo')).toEqual([{ contextId: stagingId, client: 'docker' }]);
  });

  it('is done on request, and the list shows it', async () => {
    const { user, dialog, requests } = await preview();
    await within(dialog).findByRole('region', { name: 'Change to the file' });
    await user.click(within(dialog).getByRole('button', { name: 'Set up Podman' }));
    await screen.findByText('Podman signs in to registry.staging.acme.example through Keyhold');
    expect(requests('registries.setUp')).toEqual([{ contextId: stagingId, client: 'podman' }]);
    expect(screen.getAllByText('Uses Keyhold')).toHaveLength(3);
  });

  it('changes nothing when it is cancelled', async () => {
    const { user, dialog, requests } = await preview();
    await user.click(within(dialog).getByRole('button', { name: 'Cancel' }));
    expect(requests('registries.setUp')).toEqual([]);
    expect(screen.getAllByText('Not set up')).toHaveLength(2);
  });

  it('warns when the helper’s folder is not on the PATH, and names it', async () => {
    const { dialog } = await preview({
      preview: samplePreview({ helper: { path: helperPath, state: 'missing', onPath: false } }),
    });
    expect(await within(dialog).findByText('/home/ada/.local/bin')).toBeDefined();
  });

  it.each(ipcContract.calls.registries.preview.errors)(
    'says what to do about %s, and writes nothing',
    async (code) => {
      const { dialog } = await preview({ failures: { 'registries.preview': { code } } });
      const alert = await within(dialog).findByRole('alert');
      expect(within(alert).getByText(errorText(code).advice)).toBeDefined();
      expect(
        within(dialog).getByRole('button', { name: 'Set up Podman' }).getAttribute('aria-disabled'),
      ).toBe('true');
    },
  );
});

describe('undo', () => {
  it.each([
    ['exact', 'The file is as it was before, to the byte.'],
    ['entry', 'The file had changed since, so only Keyhold’s entry was taken out.'],
  ] as const)('says whether the file is as it was (%s)', async (restored, words) => {
    const { user } = await openPage('Registries', { restored });
    await user.click(
      await screen.findByRole('button', { name: 'Undo Podman’s set-up for registry.acme.example' }),
    );
    await screen.findByText(words);
    expect(screen.getAllByText('Not set up')).toHaveLength(3);
  });

  it('says why it failed', async () => {
    const { user } = await openPage('Registries', {
      failures: { 'registries.undo': { code: 'nothing_to_undo' } },
    });
    await user.click(
      await screen.findByRole('button', { name: 'Undo Podman’s set-up for registry.acme.example' }),
    );
    expect((await screen.findByRole('alert')).textContent).toContain('There is nothing to undo');
  });
});

describe('helper and agent', () => {
  it('names the cure for an agent that does not listen', async () => {
    const { user, world } = await openPage('Registries');
    for (const [problem, title] of [
      ['in_use', 'Another program listens in Keyhold’s place'],
      ['not_a_socket', 'Something else lies where the agent’s socket belongs'],
      ['path_too_long', 'The path of the agent’s socket is too long for this system'],
      ['failed', 'The agent could not start'],
    ] as const) {
      world.agent = { listening: false, socket: '/run/user/1000/keyhold/agent.sock', problem };
      await user.click(screen.getByRole('link', { name: 'Status' }));
      await user.click(screen.getByRole('link', { name: 'Registries' }));
      expect(await screen.findByText(title)).toBeDefined();
      expect(screen.getByText('Not listening')).toBeDefined();
    }
  });

  it('is looked at again every three seconds while it does not listen', async () => {
    const timers = vi.spyOn(globalThis, 'setInterval');
    const look = () => timers.mock.calls.find(([, period]) => period === 3000)?.[0];
    const agent = { listening: true, socket: '/run/user/1000/keyhold/agent.sock', problem: null };
    const { user, world } = await openPage('Registries', { agent });
    await screen.findByText('Listening');
    expect(look()).toBeUndefined();
    world.agent = { ...agent, listening: false, problem: 'failed' };
    await user.click(screen.getByRole('link', { name: 'Status' }));
    await user.click(screen.getByRole('link', { name: 'Registries' }));
    await screen.findByText('The agent could not start');
    world.agent = agent;
    look()?.();
    await screen.findByText('Listening');
    expect(screen.queryByText('The agent could not start')).toBeNull();
  });

  it('says where things are when all is well', async () => {
    await openPage('Registries');
    expect(await screen.findByText('Listening')).toBeDefined();
    expect(screen.getByText('Installed')).toBeDefined();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('offers no undo for an entry that Keyhold did not make', async () => {
    await openPage('Registries', {
      registries: [
        sampleRegistry({
          clients: perClient(() => ({ entry: 'keyhold', canUndo: false, fault: null, trouble: null })),
        }),
      ],
    });
    expect(await screen.findAllByText('Not made by Keyhold')).toHaveLength(2);
    expect(screen.queryByRole('button', { name: /^Undo/ })).toBeNull();
  });
});

describe('ten thousand registries', () => {
  const registries = Array.from({ length: 10_000 }, (_, index) =>
    sampleRegistry({
      contextId: crypto.randomUUID(),
      contextName: `Cluster ${String(index)}`,
      host: `registry-${String(index)}.acme.example`,
      ...notSetUp(),
    }),
  );
  const rows = (): HTMLElement[] =>
    within(screen.getByRole('table', { name: 'Registries' })).getAllByRole('row');

  it('are drawn as far as they are in sight, with their place in the whole', async () => {
    await openPage('Registries', { registries });
    await screen.findByText('10,000 registries');
    expect(rows().length).toBeLessThan(60);
    expect(screen.getByRole('table').getAttribute('aria-rowcount')).toBe('10001');
    expect(rows().map((row) => row.getAttribute('aria-rowindex'))).toContain('2');
  });

  it('are found by host or context, down to the last', async () => {
    const { user, requests } = await openPage('Registries', { registries });
    const filter = await screen.findByLabelText('Filter by host or context');
    await fill(user, filter, 'acme cluster 9999');
    await screen.findByText('1 of 10,000 registries');
    await user.click(screen.getByRole('button', { name: 'Set up Podman for registry-9999.acme.example' }));
    await screen.findByRole('dialog');
    expect(requests('registries.preview')).toEqual([
      { contextId: registries[9999]?.contextId, client: 'podman' },
    ]);
  });

  it('say when none matches', async () => {
    const { user } = await openPage('Registries', { registries });
    await user.type(await screen.findByLabelText('Filter by host or context'), 'nowhere');
    await screen.findByText('No registry matches the filter.');
  });
});
