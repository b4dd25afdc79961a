import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { sampleTemplate } from '../support/world-access-templates.ts';
import { productionId, sampleContext, timeFromNow } from '../support/samples.ts';
import { fill, openPage, type OpenWindow } from './open-window.tsx';
import { button, cell, contexts, jonas, label, openMatrix, sofia } from './open-matrix.tsx';

const place = { contextId: productionId, organization: 'acme' };

async function openTemplates(facts: Parameters<typeof openPage>[1] = {}): Promise<OpenWindow> {
  const opened = await openPage('Permissions', { contexts, ...facts });
  await opened.user.click(await screen.findByRole('tab', { name: 'Templates' }));
  await screen.findByRole('region', { name: 'What new repositories begin with' });
  await waitFor(() => {
    expect(screen.queryByLabelText('Loading')).toBeNull();
  });
  return opened;
}

async function chooseFor({ user }: OpenWindow, item: string, name = 'Release bot'): Promise<void> {
  await user.click(await screen.findByRole('button', { name: `Actions for ${name}` }));
  await user.click(await screen.findByRole('menuitem', { name: item }));
}
const dialog = (name: string) => screen.findByRole('dialog', { name });
const part = (name: string) => screen.findByRole('region', { name });

describe('templates', () => {
  it('are listed with what they give and who changed them; one tells on which repositories now', async () => {
    const { user } = await openTemplates();
    const row = await screen.findByRole('row', { name: /Release bot/ });
    expect(row.textContent).toMatch(
      /^Release botpull on acme\/\* and push on acme\/w\* for 30 days3 days agoby maya/,
    );
    await user.click(within(row).getByRole('button', { name: 'Release bot' }));
    const lines = within(await dialog('Release bot')).getByRole('list', { name: 'Lines' });
    within(lines).getByText('2 repositories now: acme/api and acme/base; 1 more by another line');
    within(lines).getByText('1 repository now: acme/web');
  });

  it('are made: a name, and lines that say what they fit while they are typed', async () => {
    const opened = await openTemplates({ accessTemplates: [] });
    const { user, requests } = opened;
    await user.click(await screen.findByRole('button', { name: 'New template' }));
    const form = within(await dialog('New template'));
    await fill(user, form.getByLabelText('Name'), ' Readers ');
    form.getByText('All of them: 3 repositories now: acme/api, acme/base and acme/web');
    await user.click(form.getByRole('button', { name: 'Add line' }));
    await fill(user, form.getByLabelText('Repositories of line 2'), 'acme/b*');
    form.getByText('1 repository now: acme/base');
    form.getByText('2 repositories now: acme/api and acme/web; 1 more by another line');
    await user.selectOptions(form.getByLabelText('What line 2 gives'), 'push');
    await fill(user, form.getByLabelText('Days of line 2'), '14');
    await user.click(form.getByRole('button', { name: 'Make template' }));
    await screen.findByRole('row', { name: /Readers/ });
    expect(requests('accessTemplates.save')).toEqual([
      {
        ...{ ...place, name: 'Readers', replaces: null },
        lines: [
          { repositories: 'acme/*', actions: ['read'], days: null },
          { repositories: 'acme/b*', actions: ['read', 'write'], days: 14 },
        ],
      },
    ]);
  });

  it('are not saved with a line that is none: what is wrong stands at it', async () => {
    const { user, requests } = await openTemplates();
    await user.click(button('New template'));
    const form = within(await dialog('New template'));
    await fill(user, form.getByLabelText('Name'), 'Odd');
    const send = () => user.click(form.getByRole('button', { name: 'Make template' }));
    for (const [pattern, words] of [
      ['', /^Enter a repository/],
      ['northwind/*', /^It begins with acme\//],
      ['acme/We b', /^It is no repository/],
      ['acme/*web', /^It is no repository/],
    ] as const) {
      await user.clear(form.getByLabelText('Repositories of line 1'));
      if (pattern !== '') await user.paste(pattern);
      await send();
      await form.findByText(words);
    }
    await fill(user, form.getByLabelText('Repositories of line 1'), 'acme/*');
    await user.click(form.getByRole('button', { name: 'Add line' }));
    await fill(user, form.getByLabelText('Repositories of line 2'), 'acme/*');
    await fill(user, form.getByLabelText('Days of line 2'), '0');
    await send();
    await form.findByText('There is a line for it already.');
    await form.findByText('From 1 to 3650, or empty.');
    await user.click(form.getByRole('button', { name: 'Remove line 2' }));
    await user.click(form.getByRole('button', { name: 'Remove line 1' }));
    await send();
    await form.findByText('Add a line: a template gives something.');
    expect(requests('accessTemplates.save')).toEqual([]);
  });

  it('say that a line fits nothing now', async () => {
    const { user } = await openTemplates();
    await user.click(button('New template'));
    const form = within(await dialog('New template'));
    await fill(user, form.getByLabelText('Repositories of line 1'), 'acme/release-*');
    form.getByText('No repository now');
    await fill(user, form.getByLabelText('Repositories of line 1'), 'acme/web');
    await user.click(form.getByRole('button', { name: 'Add line' }));
    await fill(user, form.getByLabelText('Repositories of line 2'), 'acme/we*');
    form.getByText('Counts for nothing: other lines count for the 1 that it fits');
  });

  it('are changed as they were seen; somebody else who was faster is not overruled', async () => {
    const opened = await openTemplates();
    const { user, world, requests } = opened;
    await chooseFor(opened, 'Change…');
    const form = within(await dialog('Change Release bot'));
    const [seen] = world.accessTemplates;
    world.accessTemplates = [sampleTemplate({ changedAt: timeFromNow(0) })];
    await fill(user, form.getByLabelText('Name'), 'Releases');
    await user.click(form.getByRole('button', { name: 'Save changes' }));
    await form.findByText('Somebody else changed it meanwhile');
    expect(requests('accessTemplates.save')).toMatchObject([
      { name: 'Releases', replaces: { id: seen?.id, changedAt: seen?.changedAt } },
    ]);
    expect(world.accessTemplates.map(({ name }) => name)).toEqual(['Release bot']);
  });

  it('have names of their own', async () => {
    const { user } = await openTemplates();
    await user.click(button('New template'));
    const form = within(await dialog('New template'));
    await fill(user, form.getByLabelText('Name'), 'Release bot');
    await user.click(form.getByRole('button', { name: 'Make template' }));
    await form.findByText('There is a template of that name. Choose another name.');
  });

  it('are deleted after a question', async () => {
    const opened = await openTemplates();
    await chooseFor(opened, 'Delete…');
    await opened.user.click(
      within(await dialog('Delete Release bot?')).getByRole('button', { name: 'Delete template' }),
    );
    await screen.findByText('No templates yet');
    expect(opened.world.accessTemplates).toEqual([]);
  });

  it('are only looked at and used by who is no owner', async () => {
    const opened = await openTemplates({ mayChangeTemplates: false });
    expect(screen.queryByRole('button', { name: 'New template' })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Add…' })).toBeNull();
    await opened.user.click(button('Actions for Release bot'));
    const items = (await screen.findAllByRole('menuitem')).map((item) => item.textContent);
    expect(items).toEqual(['Use on…']);
    const defaults = await part('What new repositories begin with');
    within(defaults).getByText(/Owners of the organization change this/);
    expect(within(defaults).queryByRole('combobox')).toBeNull();
  });

  it('tell why they could not be read, and are asked for again', async () => {
    const { user, world } = await openTemplates({
      failures: {
        'accessTemplates.list': { code: 'server_unreachable' },
        'accessTemplates.defaults': { code: 'server_unreachable' },
      },
    });
    world.failures = {};
    for (const name of ['Templates', 'What new repositories begin with'])
      await user.click(within(await part(name)).getByRole('button', { name: 'Try again' }));
    await screen.findByRole('row', { name: /Release bot/ });
    await screen.findByRole('button', { name: 'Remove platform' });
  });
});

describe('a template that is used', () => {
  it('becomes pending changes of the matrix for all who are chosen, and nothing is made', async () => {
    const opened = await openTemplates();
    const { user, requests } = opened;
    await chooseFor(opened, 'Use on…');
    const form = within(await dialog('Use Release bot'));
    await waitFor(() => {
      expect(document.activeElement).toBe(form.getByLabelText('Filter by name or email'));
    });
    await user.click(form.getByRole('checkbox', { name: 'Select jonas' }));
    await user.click(form.getByRole('checkbox', { name: 'Select sofia' }));
    await user.click(form.getByRole('button', { name: 'Prepare for 2' }));
    await screen.findByText('6 changes added');
    const grid = await screen.findByRole('grid', { name: 'Who may do what' });
    await waitFor(() => {
      expect(document.activeElement).toBe(grid);
    });
    await waitFor(() => {
      expect(label(cell(/^sofia/, 2))).toMatch(/^pending: push until .*, was none/);
    });
    expect(label(cell(/^sofia/, 0))).toMatch(/^pending: pull, was none/);
    expect(requests('access.apply')).toEqual([]);
  });

  it('is chosen in the menu of a row, too', async () => {
    const { user } = await openMatrix();
    await user.keyboard('{ArrowDown}{ArrowDown}{Home}{ArrowLeft}{Enter}');
    await user.click(await screen.findByRole('menuitem', { name: 'Use a template…' }));
    const choice = within(await screen.findByRole('dialog', { name: /^Use a template on/ }));
    await user.click(await choice.findByRole('option', { name: /Release bot/ }));
    await screen.findByText('3 changes added');
  });
});

describe('a template for a bot', () => {
  const bots = (capabilities: ReturnType<typeof sampleContext>['capabilities']) => [
    sampleContext({ capabilities: ['repositories', 'bots', ...capabilities] }),
  ];

  it('is offered in its sheet, which is open once it is made', async () => {
    const { user } = await openPage('Bots', { contexts: bots(['access']) });
    await user.click(await screen.findByRole('button', { name: 'release' }));
    await user.click(await screen.findByRole('button', { name: 'Use a template…' }));
    const choice = within(await dialog('Use a template on release'));
    await user.click(await choice.findByRole('option', { name: /Release bot/ }));
    await screen.findByText('3 changes added');
    await screen.findByRole('heading', { level: 1, name: 'Permissions' });
  });

  it('is not offered where the service has no templates', async () => {
    const { user } = await openPage('Bots', { contexts: bots([]) });
    await user.click(await screen.findByRole('button', { name: 'nightly' }));
    await screen.findByText(/authorize the bot there/);
    expect(screen.queryByRole('button', { name: 'Use a template…' })).toBeNull();
  });
});

describe('what new repositories begin with', () => {
  const list = async () => within(await part('What new repositories begin with'));

  it('is changed as a whole: levels, who is added, who is removed', async () => {
    const { user, world, requests } = await openTemplates();
    const defaults = await list();
    const before = world.accessDefaults.changedAt;
    await user.click(defaults.getByRole('button', { name: 'Add…' }));
    const choice = within(await dialog('Give access to new repositories'));
    expect(choice.queryByRole('checkbox', { name: 'Select platform' })).toBeNull();
    await user.click(choice.getByRole('checkbox', { name: 'Select sofia' }));
    await user.click(choice.getByRole('checkbox', { name: 'Select jonas' }));
    await user.click(choice.getByRole('button', { name: 'Add 2' }));
    await user.selectOptions(await defaults.findByLabelText('What jonas is given'), 'admin');
    await user.click(defaults.getByRole('button', { name: 'Remove platform' }));
    await user.click(defaults.getByRole('button', { name: 'Save' }));
    await screen.findByText('New repositories begin with what you saved');
    expect(requests('accessTemplates.saveDefaults')).toEqual([
      {
        ...{ ...place, replaces: before },
        grants: [
          { principal: jonas, actions: ['read', 'write', 'delete', 'admin'] },
          { principal: sofia, actions: ['read'] },
        ],
      },
    ]);
    await waitFor(() => {
      expect(defaults.queryByRole('button', { name: 'Save' })).toBeNull();
    });
  });

  it('is not saved over what somebody else has saved, and what was chosen is not lost before it is looked at', async () => {
    const { user, world } = await openTemplates();
    const defaults = await list();
    await user.selectOptions(await defaults.findByLabelText('What platform is given'), 'admin');
    world.accessDefaults = { grants: [], changedAt: timeFromNow(-1), changedBy: 'omar' };
    await user.click(defaults.getByRole('button', { name: 'Save' }));
    await defaults.findByText('Somebody else changed it meanwhile');
    expect(
      defaults.getByLabelText<HTMLSelectElement>('What platform is given').selectedOptions[0]?.text,
    ).toBe('admin');
    await user.click(defaults.getByRole('button', { name: 'Show what there is now' }));
    await defaults.findByText(/^Nothing:/);
    expect(world.accessDefaults.grants).toEqual([]);
  });

  it('is kept while another tab is looked at, and saved over nothing that came meanwhile', async () => {
    const { user, world } = await openTemplates();
    await user.selectOptions(await (await list()).findByLabelText('What platform is given'), 'admin');
    await user.click(screen.getByRole('tab', { name: 'Matrix' }));
    world.accessDefaults = { ...world.accessDefaults, changedAt: timeFromNow(-1), changedBy: 'omar' };
    await user.click(screen.getByRole('tab', { name: 'Templates' }));
    const defaults = await list();
    const level = await defaults.findByLabelText<HTMLSelectElement>('What platform is given');
    expect(level.selectedOptions[0]?.text).toBe('admin');
    await waitFor(async () => {
      expect((await part('What new repositories begin with')).textContent).toContain('by omar');
    });
    await user.selectOptions(level, 'delete');
    await user.click(defaults.getByRole('button', { name: 'Save' }));
    await defaults.findByText('Somebody else changed it meanwhile');
  });

  it('is not saved where nothing is changed, and what was changed can be discarded', async () => {
    const { user } = await openTemplates();
    const defaults = await list();
    const level = await defaults.findByLabelText('What platform is given');
    expect(defaults.queryByRole('button', { name: 'Save' })).toBeNull();
    await user.selectOptions(level, 'pull');
    await user.click(defaults.getByRole('button', { name: 'Discard' }));
    expect(defaults.queryByRole('button', { name: 'Save' })).toBeNull();
    await user.selectOptions(level, 'pull');
    await user.selectOptions(level, 'push');
    expect(defaults.queryByRole('button', { name: 'Save' })).toBeNull();
  });
});
