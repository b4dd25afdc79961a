import type { Page } from '@playwright/test';
import type {} from '../../preload/index.ts';
import { fillOrganization } from '../../reference-server/seed/large.ts';
import { makeHome } from '../e2e/launch.ts';
import { ShellPage } from '../e2e/pages/shell.ts';
import { startLocalServer, type LocalServer } from '../support/local-server.ts';
import { toFigure, type Bench } from './figure.ts';
import { launchRegistered } from './registered-app.ts';
import { median } from './rounds.ts';

const owner = 'maya';
const organization = 'acme';
const sizes = { members: 950, bots: 50, repositories: 1000 };
const rounds = 5;
const changes = 1000;

/** The matrix of 1,000 principals by 1,000 repositories in the real app: opened, scrolled both ways, 1,000 cells changed. */
export const benchMatrix: Bench = async (say) => {
  const home = makeHome();
  const server = await startLocalServer();
  try {
    await fill(server);
    const app = await launchRegistered(home, server, owner, { args: ['--js-flags='] });
    try {
      const { window: page } = app;
      await page.setViewportSize({ width: 1600, height: 1000 });
      say(`${String(rounds)} rounds`);
      const opened: number[] = [];
      const frames: number[] = [];
      const applied: number[] = [];
      for (let round = 0; round < rounds; round++) {
        // Nothing of an earlier round is at hand.
        await page.reload();
        await new ShellPage(page).open('Status');
        opened.push(await open(page));
        frames.push(await scroll(page));
        applied.push(await apply(page, server, round % 2 === 0));
      }
      const id = 'matrix';
      return [
        toFigure({
          ...{ id, figure: 'matrix 1,000 x 1,000, opened', unit: 'ms', value: median(opened) },
          goal: { of: 'value', atMost: 600 },
        }),
        toFigure({
          ...{ id, figure: 'matrix 1,000 x 1,000, scrolled', unit: 'frames/s', value: median(frames) },
          goal: { of: 'value', atLeast: 50 },
        }),
        toFigure({
          ...{ id, figure: '1,000 changes, applied', unit: 'ms', value: median(applied) },
          goal: { of: 'value', atMost: 1500 },
        }),
      ];
    } finally {
      await app.electron.close();
    }
  } finally {
    await server.stop();
    home.remove();
  }
};

async function fill(server: LocalServer): Promise<void> {
  const { context } = server;
  const ownerId = server.user(owner).id;
  const { id: orgId } = await context.db
    .selectFrom('organizations')
    .select('id')
    .where('slug', '=', organization)
    .executeTakeFirstOrThrow();
  const others = { invitations: 0, projects: 0, branches: 0, apiKeys: 0 };
  const order = { orgId, slug: organization, ownerId, now: context.now(), ...sizes, ...others };
  await context.write({}, (tx) => fillOrganization(tx, order));
}

/** Milliseconds from the click on the page's link until each cell in sight is known and painted. */
function open(page: Page): Promise<number> {
  return page.getByRole('link', { name: 'Permissions', exact: true }).evaluate(async (link) => {
    const begin = performance.now();
    (link as HTMLElement).click();
    await new Promise<void>((resolve) => {
      const look = (): void => {
        const cells = [...document.querySelectorAll('[role=gridcell]')];
        const isWhole = cells.length > 0 && cells.every((cell) => cell.ariaLabel !== 'not read yet');
        requestAnimationFrame(isWhole ? () => requestAnimationFrame(() => resolve()) : look);
      };
      look();
    });
    return performance.now() - begin;
  });
}

/** Frames a second while somebody scrolls down and to the right, a row or a column of height each frame. */
function scroll(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const grid = document.querySelector('[role=grid]');
    if (grid === null) throw new Error('There is no grid.');
    const count = 240;
    const begin = performance.now();
    for (let frame = 0; frame < count; frame++) {
      if (frame < count / 2) grid.scrollTop += 60;
      else grid.scrollLeft += 60;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return (count * 1000) / (performance.now() - begin);
  });
}

/** Milliseconds that the app takes to make changes: one repository, all people, given and taken away in turn. */
async function apply(page: Page, { context }: LocalServer, isGiven: boolean): Promise<number> {
  const people = await context.db
    .selectFrom('users')
    .select('id')
    .where('username', 'like', `${organization}-%`)
    .limit(changes / 2)
    .execute();
  const repositories = await context.db
    .selectFrom('repositories')
    .select('full_name')
    .where('full_name', 'like', `${organization}/%`)
    .limit(changes / people.length)
    .execute();
  const wanted = people.flatMap(({ id }) =>
    repositories.map(({ full_name: repository }) => ({
      ...{ principal: `user:${id}`, repository, expiresAt: null },
      actions: isGiven ? (['read', 'write'] as const) : ([] as const),
    })),
  );
  return page.evaluate(
    async ({ wanted, organization }) => {
      const { access, contexts } = window.keyhold;
      const current = await contexts.current();
      if (!current.ok || current.value === null) throw new Error('There is no current context.');
      const place = { contextId: current.value.id, organization };
      const sole = { after: null, count: 1 };
      const seen = await access.cells({ ...place, principals: sole, repositories: sole });
      if (!seen.ok) throw new Error(seen.error.code);
      const begin = performance.now();
      const made = await access.apply({
        ...place,
        changes: wanted.map((change) => ({ ...change, actions: [...change.actions] })),
        version: seen.value.version,
        key: crypto.randomUUID(),
      });
      if (!made.ok || made.value.kind !== 'done') throw new Error(JSON.stringify(made));
      return performance.now() - begin;
    },
    { wanted, organization },
  );
}
