import { describe, expect, it } from 'vitest';
import { ipcContract } from '../../../../contracts/ipc/index.ts';
import { TemplateService } from '../../../../main/core/access/template-service.ts';
import { jonas, now, place, principal, refusal, standIn, type Reply } from './stand-in-service.ts';

let templates: TemplateService;
const service = standIn((parts) => {
  templates = new TemplateService(parts);
});

const at = now.toISOString();
const line = { repositories: 'acme/release-*', actions: ['write' as const, 'read' as const], days: 30 };
const template = (facts: object = {}) => ({
  ...{ id: 'tpl_1', name: 'Release bot', lines: [line], changed_at: at, changed_by: 'maya', later: 1 },
  ...facts,
});
const listed = (...all: object[]): Reply => ({ status: 200, body: { templates: all, may_change: true } });
const grant = (facts: object = {}) => ({
  ...{ principal: principal({ reference: jonas }), actions: ['read'], ...facts },
});
const defaults = (...grants: object[]): Reply => ({
  ...{ status: 200, body: { grants, changed_at: at, changed_by: 'maya', may_change: true } },
});

const fresh = { name: 'Release bot', lines: [line], replaces: null };
const changed = { ...fresh, replaces: { id: 'tpl_1', changedAt: at } };
const given = { replaces: at, grants: [{ principal: jonas, actions: ['read' as const] }] };
const deeds = {
  make: () => templates.save(place, fresh),
  change: () => templates.save(place, changed),
  remove: () => templates.remove(place, 'tpl_1'),
  saveDefaults: () => templates.saveDefaults(place, given),
};
type Deed = keyof typeof deeds;

it('templates are told, and changed by nobody where a later service has more in them', async () => {
  service.reply = () => listed(template({ name: 'Release\u202ebot' }));
  const told = await templates.list(place);
  ipcContract.calls.accessTemplates.list.response.parse(told);
  expect(told).toMatchObject({
    templates: [
      {
        ...{ id: 'tpl_1', name: 'Release\\u{202e}bot', changedAt: at, changedBy: 'maya' },
        lines: [{ ...line, actions: ['read', 'write'] }],
      },
    ],
    mayChange: true,
  });
  service.reply = () => listed(template({ lines: [{ ...line, actions: ['read', 'later'] }] }));
  expect(await templates.list(place)).toMatchObject({
    templates: [{ lines: [{ actions: ['read'] }] }],
    mayChange: false,
  });
});

it('default grants are told, and changed by nobody where a later service has more in them', async () => {
  service.reply = () => defaults(grant());
  const told = await templates.defaults(place);
  ipcContract.calls.accessTemplates.defaults.response.parse(told);
  expect(told).toMatchObject({
    grants: [{ principal: { name: 'jonas' }, actions: ['read'] }],
    ...{ changedAt: at, changedBy: 'maya', mayChange: true },
  });
  for (const odd of [{ principal: principal({ kind: 'robot' }) }, { actions: ['read', 'later'] }]) {
    service.reply = () => defaults(grant(), grant(odd));
    expect((await templates.defaults(place)).mayChange).toBe(false);
  }
});

it('of lists longer than this version saves the first are told, and they are changed by nobody', async () => {
  const grants = Array.from({ length: 51 }, (_, index) =>
    grant({ principal: principal({ reference: `user:u_${index.toString()}` }) }),
  );
  service.reply = () => defaults(...grants);
  const told = await templates.defaults(place);
  expect([told.grants.length, told.mayChange]).toEqual([50, false]);
  service.reply = () => listed(template({ lines: Array.from({ length: 101 }, () => line) }));
  const { templates: all, mayChange } = await templates.list(place);
  expect([all[0]?.lines.length, mayChange]).toEqual([100, false]);
});

it.each([0, -30, 1_000_001, Number.MAX_SAFE_INTEGER])(
  'a template of %d days, which end on no day, is not told',
  async (days) => {
    service.reply = () => listed(template({ lines: [{ ...line, days }] }));
    await expect(templates.list(place)).rejects.toMatchObject({ code: 'not_a_keyhold_server' });
  },
);

it('what is saved is sent as it was seen, and logged by name', async () => {
  service.reply = () => ({ status: 200, body: template() });
  expect([await deeds.make(), await deeds.change()]).toEqual(['tpl_1', 'tpl_1']);
  service.reply = () => listed(template());
  await templates.list(place);
  service.reply = ({ method }) => (method === 'DELETE' ? { status: 204, body: null } : defaults(grant()));
  await deeds.remove();
  await deeds.saveDefaults();
  expect(service.asked.map(({ body }) => body)).toEqual([
    { org: 'acme', name: 'Release bot', lines: [line] },
    { replaces: at, name: 'Release bot', lines: [line] },
    undefined,
    undefined,
    { org: 'acme', ...given },
  ]);
  expect(service.noted).toEqual([
    'access.template_saved acme: Release bot',
    'access.template_saved acme: Release bot',
    'access.template_removed acme: Release bot',
    'access.defaults_saved acme: 1',
  ]);
});

describe('a refusal', () => {
  const because = (what: string): Reply => refusal(409, 'conflict', { because: what });
  it.each<[Deed, Reply, string]>([
    ['make', because('name_taken'), 'template_name_taken'],
    ['make', refusal(409, 'conflict'), 'service_refused'],
    ['make', refusal(403, 'role_insufficient'), 'not_allowed'],
    ['change', because('name_taken'), 'template_name_taken'],
    ['change', because('changed_meanwhile'), 'changed_by_others'],
    ['change', refusal(404, 'not_found'), 'template_gone'],
    ['remove', refusal(404, 'not_found'), 'template_gone'],
    ['saveDefaults', because('changed_meanwhile'), 'changed_by_others'],
    ['saveDefaults', refusal(404, 'not_found', { because: 'principal_gone' }), 'nobody_found'],
  ])('of %s is told by what is in the way: %j', async (deed, reply, code) => {
    service.reply = () => reply;
    await expect(deeds[deed]()).rejects.toMatchObject({ code });
    expect([service.asked.length, service.noted]).toEqual([1, []]);
  });
});

describe('a lost answer', () => {
  /** The first answer is lost; what the second says. */
  const thenAnswered = (second: Reply): void => {
    service.reply = () => (service.asked.length === 1 ? 'lost' : second);
  };
  const turned = { ...line, actions: ['read', 'write'] };
  it.each<[Deed, Reply]>([
    ['make', listed(template({ id: 'tpl_0', name: 'x' }), template({ lines: [turned] }))],
    ['change', listed(template())],
    ['remove', { status: 204, body: null }],
    ['remove', refusal(404, 'not_found')],
    ['saveDefaults', defaults(grant())],
  ])('to %s is known by what there is: %j', async (deed, second) => {
    thenAnswered(second);
    await deeds[deed]();
    expect([service.asked.length, service.noted.length]).toEqual([2, 1]);
  });

  it.each<[Deed, Reply]>([
    ['make', listed(template({ lines: [{ ...line, days: null }] }))],
    ['change', listed(template({ id: 'tpl_2' }))],
    ['saveDefaults', defaults()],
    ['saveDefaults', defaults(grant({ actions: ['write'] }))],
  ])('to %s was not heard where there is something else: %j', async (deed, second) => {
    thenAnswered(second);
    await expect(deeds[deed]()).rejects.toMatchObject({ code: 'server_unreachable' });
    expect(service.noted).toEqual([]);
  });

  it.each(Object.entries(deeds))('to %s is not told as not done', async (_, deed) => {
    await expect(deed()).rejects.toMatchObject({ code: 'maybe_done' });
    expect([service.asked.length, service.noted]).toEqual([2, []]);
  });
});
