import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LosingHttp, openAccessApp, type AccessApp } from '../support/access-app.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';

let server: LocalServer;
/** Maya owns acme; Jonas is a member. */
let maya: AccessApp;
let jonas: AccessApp;
const http = new LosingHttp();

beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  http.onTheWay = () => Promise.resolve(null);
  await server.context.write({}, async (tx) => {
    await tx.deleteFrom('access_templates').execute();
    await tx.deleteFrom('access_defaults').execute();
  });
  maya = await openAccessApp(server, http);
  jonas = await openAccessApp(server, http, 'jonas');
});
afterEach(() => Promise.all([maya.parts.dispose(), jonas.parts.dispose()]));

const line = { repositories: 'acme/release-*', actions: ['read' as const, 'write' as const], days: 30 };
const make = (name: string) =>
  maya.app.accessTemplates.save(maya.acme, { name, lines: [line], replaces: null });
const list = () => maya.app.accessTemplates.list(maya.acme);

describe('templates', () => {
  it('are made, changed as they were seen, and deleted', async () => {
    const id = await make('Release bot');
    const first = await list();
    expect(first).toMatchObject({
      ...{ mayChange: true, templates: [{ id, name: 'Release bot', lines: [line], changedBy: 'maya' }] },
    });
    const replaces = { id, changedAt: first.templates[0]?.changedAt ?? '' };
    const lines = [line, { ...line, repositories: 'acme/*', days: null }];
    const change = () => maya.app.accessTemplates.save(maya.acme, { name: 'Releases', lines, replaces });
    expect(await change()).toBe(id);
    expect((await list()).templates).toMatchObject([{ name: 'Releases', lines: [{}, {}] }]);
    await expect(change()).rejects.toMatchObject({ code: 'changed_by_others' });
    await expect(make('Releases')).rejects.toMatchObject({ code: 'template_name_taken' });
    await maya.app.accessTemplates.remove(maya.acme, id);
    await expect(maya.app.accessTemplates.remove(maya.acme, id)).rejects.toMatchObject({
      code: 'template_gone',
    });
    await expect(change()).rejects.toMatchObject({ code: 'template_gone' });
    expect(await list()).toEqual({ templates: [], mayChange: true });
  });

  it('are made by nobody else, and read by whoever administers something', async () => {
    const made = jonas.app.accessTemplates.save(jonas.acme, { name: 'Mine', lines: [line], replaces: null });
    await expect(made).rejects.toMatchObject({ code: 'not_allowed' });
    await expect(jonas.app.accessTemplates.list(jonas.acme)).rejects.toMatchObject({
      code: 'repository_admin_needed',
    });
  });

  it.each(['save', 'change', 'remove'] as const)('to %s is known where the answer is lost', async (deed) => {
    const id = deed === 'save' ? '' : await make('Release bot');
    const [before] = (await list()).templates;
    http.loseAfter(({ method }) => method !== 'GET');
    if (deed === 'save') await make('Release bot');
    const replaces = { id, changedAt: before?.changedAt ?? '' };
    const other = { name: 'Other', lines: [{ ...line, days: null }], replaces };
    if (deed === 'change') expect(await maya.app.accessTemplates.save(maya.acme, other)).toBe(id);
    if (deed === 'remove') await maya.app.accessTemplates.remove(maya.acme, id);
    const names = { save: ['Release bot'], change: ['Other'], remove: [] };
    expect((await list()).templates.map(({ name }) => name)).toEqual(names[deed]);
  });
});

describe('what new repositories begin with', () => {
  const defaults = () => maya.app.accessTemplates.defaults(maya.acme);
  const save = (replaces: string | null, actions: ('read' | 'write')[] = ['read'], who = 'jonas') => {
    const grants = [{ principal: `user:${server.user(who).id}`, actions }];
    return maya.app.accessTemplates.saveDefaults(maya.acme, { replaces, grants });
  };

  it('is nothing, then what is saved, where nobody changed it meanwhile', async () => {
    expect(await defaults()).toEqual({ grants: [], changedAt: null, changedBy: null, mayChange: true });
    await save(null);
    const { grants, changedAt, changedBy } = await defaults();
    expect([grants, changedBy]).toMatchObject([
      [{ principal: { name: 'jonas' }, actions: ['read'] }],
      'maya',
    ]);
    await expect(save(null)).rejects.toMatchObject({ code: 'changed_by_others' });
    const nobody = { principal: `user:u_${'a'.repeat(26)}`, actions: ['read' as const] };
    const gone = maya.app.accessTemplates.saveDefaults(maya.acme, { replaces: changedAt, grants: [nobody] });
    await expect(gone).rejects.toMatchObject({ code: 'nobody_found' });
    await save(changedAt, ['read', 'write']);
    expect((await defaults()).grants).toMatchObject([{ actions: ['read', 'write'] }]);
  });

  it('is known to be saved where the answer is lost', async () => {
    http.loseAfter(({ method }) => method !== 'GET');
    await save(null);
    expect((await defaults()).grants).toMatchObject([{ principal: { name: 'jonas' } }]);
    expect(maya.parts.logged()).toContain('access.defaults_saved | Work | acme: 1');
  });
});
