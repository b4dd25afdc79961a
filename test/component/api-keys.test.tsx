import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { productionId } from '../support/samples.ts';
import {
  apiKeyText,
  heldKeyId,
  sampleActing,
  sampleApiKey,
  sampleProject,
  teamId,
} from '../support/samples-team.ts';
import { fill, openPage, type OpenWindow } from './open-window.tsx';

const viewer = { acting: sampleActing({ role: 'viewer', userId: teamId('u', 3) }) };
const names = (): (string | null)[] =>
  screen
    .getAllByRole('row')
    .slice(1)
    .map((row) => row.querySelector('[data-name]')?.textContent ?? null);

async function rowOf(name: string): Promise<string> {
  return (await screen.findByRole('button', { name })).closest('tr')?.textContent ?? '';
}

async function openForm({ user }: OpenWindow) {
  await user.click(await screen.findByRole('button', { name: 'Make API key' }));
  return within(await screen.findByRole('dialog', { name: 'New API key' }));
}

async function choose({ user }: OpenWindow, name: string, item: string): Promise<void> {
  await user.click(await screen.findByRole('button', { name: `Actions for ${name}` }));
  await user.click(await screen.findByRole('menuitem', { name: item }));
}

/** Types another name into the field that has the focus in a key's row. */
async function typeName({ user }: OpenWindow, name: string, text: string): Promise<void> {
  const field = await screen.findByLabelText(`New name for ${name}`);
  await waitFor(() => {
    expect(document.activeElement).toBe(field);
  });
  await fill(user, field, text);
}

describe('API keys', () => {
  it('are listed with scope, capability, creator, last use and end', async () => {
    await openPage('API keys');
    const deploy = await rowOf('Deploy from GitLab');
    for (const words of [
      'nsk_Ab3d',
      'shop',
      'read and write',
      'by you',
      '3 minutes ago',
      '198.51.100.7 · curl/8.14.1',
    ]) {
      expect(deploy).toContain(words);
    }
    expect(await rowOf('Nightly report')).toContain('Everything');
    expect(await rowOf('Assistant')).toContain('by jonas');
    expect(await rowOf('Assistant')).toContain('Never');
  });

  it('are narrowed to those that were never used, and those that end soon', async () => {
    const { user } = await openPage('API keys');
    await user.click(await screen.findByRole('radio', { name: 'Never used' }));
    expect(names()).toEqual(['Assistant']);
    await user.click(screen.getByRole('radio', { name: 'Ends soon' }));
    expect(names()).toEqual(['Assistant']);
    await user.click(screen.getByRole('radio', { name: 'All' }));
    expect(names()).toHaveLength(3);
  });

  it('are found by what they are for, among two hundred', async () => {
    const apiKeys = Array.from({ length: 200 }, (_, index) =>
      sampleApiKey({
        id: teamId('key', index + 1),
        name: `Key ${String(index)}`,
        scope: { kind: 'project', targets: [{ id: teamId('prj', 1), name: `project-${String(index)}` }] },
      }),
    );
    const { user } = await openPage('API keys', { apiKeys });
    await fill(user, await screen.findByLabelText('Filter by name, scope or creator'), 'project-142');
    expect(screen.getByRole('button', { name: 'Key 142' })).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Key 14' })).toBeNull();
  });

  it('say in their sheet what they may do, and that they can do nothing any more', async () => {
    const { user } = await openPage('API keys', {
      apiKeys: [
        sampleApiKey(),
        sampleApiKey({
          ...{ id: teamId('key', 2), name: 'Orphan', inert: true },
          scope: { kind: 'branch', targets: [{ id: teamId('br', 9), name: null }] },
        }),
      ],
    });
    await user.click(await screen.findByRole('button', { name: 'Deploy from GitLab' }));
    await screen.findByText(/^May read and change the project shop until .*; nothing else in acme\.$/);
    await user.keyboard('{Escape}');
    expect(await rowOf('Orphan')).toContain('Inert');
    await user.click(await screen.findByRole('button', { name: 'Orphan' }));
    await screen.findByText('It can do nothing any more');
  });

  it('are renamed where they stand: Enter saves, Escape does not', async () => {
    const opened = await openPage('API keys');
    await choose(opened, 'Nightly report', 'Rename');
    await typeName(opened, 'Nightly report', ' Weekly report ');
    await opened.user.keyboard('{Enter}');
    await screen.findByRole('button', { name: 'Weekly report' });
    expect(opened.requests('apiKeys.rename')).toEqual([
      { contextId: productionId, id: teamId('key', 3), name: 'Weekly report' },
    ]);
    await choose(opened, 'Assistant', 'Rename');
    await typeName(opened, 'Assistant', 'Other');
    await opened.user.keyboard('{Escape}');
    await screen.findByRole('button', { name: 'Assistant' });
    expect(opened.requests('apiKeys.rename')).toHaveLength(1);
  });

  it('keep what was typed for a name that the service refuses', async () => {
    const opened = await openPage('API keys', { failures: { 'apiKeys.rename': { code: 'api_key_gone' } } });
    await choose(opened, 'Assistant', 'Rename');
    await typeName(opened, 'Assistant', 'Other');
    await opened.user.keyboard('{Enter}');
    await screen.findByText('The API key is gone');
    expect(screen.getByLabelText('New name for Assistant')).toHaveProperty('value', 'Other');
  });

  it('are revoked by a question that says what used them last', async () => {
    const opened = await openPage('API keys');
    await choose(opened, 'Deploy from GitLab', 'Revoke…');
    const dialog = within(await screen.findByRole('dialog'));
    dialog.getByText(
      /was used 3 minutes ago from 198\.51\.100\.7 by curl\/8\.14\.1: what uses it stops working/,
    );
    await opened.user.click(dialog.getByRole('button', { name: 'Revoke key' }));
    await screen.findByText('Revoked “Deploy from GitLab”');
    expect(opened.requests('apiKeys.revoke')).toEqual([{ contextId: productionId, id: teamId('key', 1) }]);
    await choose(opened, 'Assistant', 'Revoke…');
    await screen.findByText(/was never used\./);
  });

  it('of others are for admins; viewers make none, and it says so', async () => {
    const opened = await openPage('API keys', viewer);
    await screen.findByText('Viewers of acme may not make API keys.');
    await screen.findByText(/You see your own\./);
    expect(screen.queryByRole('button', { name: 'Make API key' })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Actions for Assistant' })).toBeNull();
    expect(await screen.findByRole('button', { name: 'Actions for Nightly report' })).toBeDefined();
    await opened.user.click(screen.getByRole('button', { name: 'Assistant' }));
    await screen.findByText('Only admins and owners of acme may change the API keys of others.');
  });

  it('are not made with a key for projects, and it says so', async () => {
    const acting = sampleActing({ key: { capability: 'read_write', scope: 'project', inert: false } });
    await openPage('API keys', { acting, apiKeys: [] });
    await screen.findByText('This context’s API key is for projects alone: it may not make API keys.');
  });
});

describe('a new API key', () => {
  const sentence = (dialog: { getByLabelText: (name: string) => HTMLElement }): string =>
    dialog.getByLabelText('What the key may do').textContent;

  it('is for the projects that were ticked, may what was chosen, and says it in words before', async () => {
    const opened = await openPage('API keys');
    const { user } = opened;
    const dialog = await openForm(opened);
    expect(sentence(dialog)).toMatch(/^May read everything in acme until .*; may change nothing\.$/);
    await fill(user, dialog.getByLabelText('Name'), ' Report ');
    await user.click(dialog.getByRole('radio', { name: 'Projects' }));
    expect(sentence(dialog)).toBe('Choose what it is for.');
    await user.click(await dialog.findByRole('checkbox', { name: 'Select shop' }));
    await user.click(dialog.getByRole('checkbox', { name: 'Select web' }));
    await user.selectOptions(dialog.getByLabelText('It ends'), 'none');
    expect(sentence(dialog)).toBe('May read the projects shop and web; may change nothing.');
    await user.click(dialog.getByRole('radio', { name: 'Read and write' }));
    expect(sentence(dialog)).toBe('May read and change the projects shop and web; nothing else in acme.');
    await user.click(dialog.getByRole('button', { name: 'Make API key' }));
    await screen.findByRole('dialog', { name: 'Report' });
    expect(opened.requests('apiKeys.create')).toEqual([
      {
        contextId: productionId,
        name: 'Report',
        scope: { kind: 'project', ids: [teamId('prj', 1), teamId('prj', 2)] },
        capability: 'read_write',
        expiresAt: null,
      },
    ]);
  });

  it('is for branches of several projects, and ends with the day that was chosen', async () => {
    const opened = await openPage('API keys');
    const { user } = opened;
    const dialog = await openForm(opened);
    await fill(user, dialog.getByLabelText('Name'), 'Bot');
    await user.click(dialog.getByRole('radio', { name: 'Branches' }));
    await user.click(await dialog.findByRole('checkbox', { name: 'Select feature/checkout' }));
    await user.selectOptions(dialog.getByLabelText('Project'), 'web');
    await user.click(await dialog.findByRole('checkbox', { name: 'Select main' }));
    const chosen = within(dialog.getByRole('list', { name: 'Chosen branches' }));
    expect(chosen.getAllByRole('button').map(({ textContent }) => textContent)).toEqual([
      'shop/feature/checkout',
      'web/main',
    ]);
    await user.click(chosen.getByRole('button', { name: 'Leave out web/main' }));
    expect(dialog.getByRole('checkbox', { name: 'Select main' })).toHaveProperty('checked', false);
    await user.click(dialog.getByRole('radio', { name: 'Agent' }));
    await user.selectOptions(dialog.getByLabelText('It ends'), 'date');
    await fill(user, dialog.getByLabelText('Last day'), '');
    await user.click(dialog.getByRole('button', { name: 'Make API key' }));
    await dialog.findByText('Choose a day.');
    await user.type(dialog.getByLabelText('Last day'), '2999-03-01');
    expect(sentence(dialog)).toContain('shop/feature/checkout until 1 March 2999');
    await user.click(dialog.getByRole('button', { name: 'Make API key' }));
    await screen.findByRole('dialog', { name: 'Bot' });
    expect(opened.requests('apiKeys.create')).toMatchObject([
      {
        scope: { kind: 'branch', ids: [teamId('br', 2)] },
        capability: 'agent',
        expiresAt: new Date('2999-03-01T23:59:59').toISOString(),
      },
    ]);
  });

  it('is not made without a name or something to be for, and what was chosen stays when the service refuses', async () => {
    const failures = {
      'apiKeys.create': { code: 'service_refused', details: { said: 'Too many keys.' } },
    } as const;
    const opened = await openPage('API keys', { failures });
    const { user } = opened;
    const dialog = await openForm(opened);
    await user.click(dialog.getByRole('radio', { name: 'Projects' }));
    await user.click(dialog.getByRole('button', { name: 'Make API key' }));
    await dialog.findByText('Enter a name.');
    dialog.getByText('Choose a project.');
    await fill(user, dialog.getByLabelText('Name'), 'Report');
    await user.click(dialog.getByRole('checkbox', { name: 'Select shop' }));
    await user.click(dialog.getByRole('button', { name: 'Make API key' }));
    expect((await dialog.findByText(/^The service said:/)).textContent).toContain('Too many keys.');
    dialog.getByText('Check what you entered and try again.');
    expect(dialog.getByRole('checkbox', { name: 'Select shop' })).toHaveProperty('checked', true);
  });

  it('says how many projects are too many, before it is sent and where it stays in sight', async () => {
    const projects = Array.from({ length: 101 }, (_, index) =>
      sampleProject({ id: teamId('prj', index + 1), name: `project-${String(index)}` }),
    );
    const opened = await openPage('API keys', { projects });
    const dialog = await openForm(opened);
    await opened.user.click(dialog.getByRole('radio', { name: 'Projects' }));
    await opened.user.click(await dialog.findByLabelText('Select all'));
    expect(sentence(dialog)).toBe('A key is for 100 projects at most, and 101 are chosen.');
    await opened.user.click(dialog.getByLabelText('Select project-0'));
    expect(sentence(dialog)).toMatch(/^May read the projects project-1,/);
  });

  async function make(facts: Parameters<typeof openPage>[1] = {}) {
    const opened = await openPage('API keys', facts);
    const dialog = await openForm(opened);
    await fill(opened.user, dialog.getByLabelText('Name'), 'Report');
    await opened.user.click(dialog.getByRole('button', { name: 'Make API key' }));
    return { ...opened, panel: within(await screen.findByRole('dialog', { name: 'Report' })) };
  }

  it('is shown on a press, once, and nowhere before', async () => {
    const { user, panel } = await make();
    expect(document.body.textContent).not.toContain(apiKeyText);
    await user.click(panel.getByRole('button', { name: 'Reveal key' }));
    await panel.findByText(apiKeyText);
    await user.click(panel.getByRole('button', { name: 'Hide key' }));
    expect(document.body.textContent).not.toContain(apiKeyText);
    expect(panel.queryByRole('button', { name: 'Reveal key' })).toBeNull();
    panel.getByText(/^It was shown once/);
  });

  it('is copied by main in each form, of which the window shows the line without the key', async () => {
    const { user, panel, requests } = await make();
    const shown = (): string => panel.getByLabelText('What is copied, without the secret').textContent;
    expect(shown()).toBe(
      "curl -H 'Authorization: Bearer nsk_New0…' 'https://registry.acme.example/v1/whoami'",
    );
    const forms = [
      [
        'HTTPie',
        'Copy HTTPie command',
        "http --ignore-stdin -A bearer -a 'nsk_New0…' 'https://registry.acme.example/v1/whoami'",
      ],
      ['.netrc', 'Copy .netrc line', 'machine registry.acme.example login keyhold password nsk_New0…'],
      ['.env', 'Copy .env line', 'KISENON_API_KEY=nsk_New0…'],
    ] as const;
    for (const [form, action, line] of forms) {
      await user.click(panel.getByRole('radio', { name: form }));
      expect(shown()).toBe(line);
      await user.click(panel.getByRole('button', { name: action }));
      await panel.findByRole('button', { name: /^Copied/ });
    }
    await user.click(panel.getByRole('button', { name: 'Copy key' }));
    await waitFor(() => {
      expect(requests('apiKeys.copy')).toEqual(
        ['httpie', 'netrc', 'env', 'raw'].map((form) => ({ heldId: heldKeyId, form })),
      );
    });
  });

  it('stays until it is taken or given up, and main lets go of it then', async () => {
    const { user, panel, requests } = await make();
    await user.keyboard('{Escape}');
    expect(panel.getByRole('button', { name: 'Close without the key' })).toBeDefined();
    await user.click(panel.getByRole('button', { name: 'Copy key' }));
    await user.click(await panel.findByRole('button', { name: 'Done' }));
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    expect(requests('apiKeys.close')).toEqual([{ heldId: heldKeyId }]);
    expect(names()[0]).toBe('Report');
  });

  it('is kept in the vault as a context of its own, under a name that is free', async () => {
    const { user, panel, world, requests } = await make();
    await user.click(panel.getByRole('button', { name: 'Save as a context of its own…' }));
    const name = await panel.findByLabelText('Context name');
    expect(name).toHaveProperty('value', 'Report');
    await fill(user, name, 'Production');
    await user.click(panel.getByRole('button', { name: 'Save context' }));
    await panel.findByText(/^Another context has that name\./);
    await fill(user, name, 'Reports');
    await user.click(panel.getByRole('button', { name: 'Save context' }));
    await panel.findByText('Saved as the context Reports');
    expect(requests('apiKeys.saveAsContext').at(-1)).toEqual({ heldId: heldKeyId, name: 'Reports' });
    expect(world.contexts.at(-1)?.name).toBe('Reports');
    expect(panel.getByRole('button', { name: 'Done' })).toBeDefined();
  });

  it('is gone once the vault was locked meanwhile', async () => {
    const { user, panel } = await make({ failures: { 'apiKeys.reveal': { code: 'secret_gone' } } });
    await user.click(panel.getByRole('button', { name: 'Reveal key' }));
    await panel.findByText('The secret itself cannot be had any more');
  });
});
