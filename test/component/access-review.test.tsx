import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { changesOf } from '../../renderer/features/access/review/finding-words.ts';
import { timeFromNow } from '../support/samples.ts';
import { samplePrincipal } from '../support/world-access.ts';
import { sampleFinding } from '../support/world-requests.ts';
import { button, cell, contexts, jonas, label, platform } from './open-matrix.tsx';
import { openPage } from './open-window.tsx';

const day = 86_400;
const unused = sampleFinding({
  repository: 'acme/api',
  grant: {
    principal: samplePrincipal({ reference: platform, kind: 'group', name: 'platform' }),
    ...{ actions: ['read', 'write'], givenAt: timeFromNow(-120 * day), until: null },
    ...{ pulled: null, pushed: null },
  },
  changes: [{ principal: platform, repository: 'acme/api', actions: ['read'], expiresAt: null }],
});
const findings = [
  { kind: 'unused_write' as const, total: 1, findings: [unused] },
  { kind: 'beside_group' as const, total: 240, findings: [sampleFinding({ group: 'platform' })] },
  {
    ...{ kind: 'many_admins' as const, total: 1 },
    findings: [sampleFinding({ grant: null, admins: 5, changes: [] })],
  },
];

async function openReview(facts: Parameters<typeof openPage>[1] = {}) {
  const opened = await openPage('Permissions', { contexts, accessFindings: findings, ...facts });
  await opened.user.click(screen.getByRole('tab', { name: 'Review' }));
  return opened;
}
const part = async (name: RegExp) => within(await screen.findByRole('region', { name }));

describe('the review of permissions', () => {
  it('tells what is worth a look by kind, how much there is of it, and since when uses are known', async () => {
    await openReview();
    const push = await part(/^Push that is not used: 1$/);
    expect(push.getByRole('row', { name: /platform/ }).textContent).toMatch(
      /^platformpush on acme\/apigiven .*pull$/,
    );
    const beside = await part(/^Grants beside a group: 240$/);
    beside.getByText(/^The first 1 of 240, by repository/);
    expect(beside.getByRole('row', { name: /jonas/ }).textContent).toMatch(
      /platform has as much.*no grant of their own$/,
    );
    const many = await part(/^Repositories with many admins: 1$/);
    many.getByText('5 admins beside the owners');
    many.getByText('None: look at it in the matrix');
    screen.getByText(/^None of this has to be wrong.*Pulls and pushes are noted since .*\.$/);
    expect(screen.queryByRole('region', { name: /end soon/ })).toBeNull();
  });

  it('adds what is selected to the pending changes of the matrix, and makes nothing', async () => {
    const { user, requests } = await openReview();
    await user.click(await screen.findByRole('checkbox', { name: 'Select platform on acme/api' }));
    await user.click((await part(/beside a group/)).getByRole('checkbox', { name: 'Select all' }));
    screen.getByText(/^2 findings selected: 2 changes\.$/, { selector: 'p' });
    await user.click(button('Add to pending changes'));
    await screen.findByText('2 changes pending');
    expect(screen.getByRole('tab', { name: 'Matrix' }).getAttribute('aria-selected')).toBe('true');
    await waitFor(() => {
      expect(document.activeElement).toBe(screen.getByRole('grid'));
    });
    await waitFor(() => {
      expect(label(cell(/platform/, 0))).toBe('pending: pull, was push');
    });
    expect(label(cell(/jonas/, 2))).toMatch(/^pending: none, was pull until/);
    expect(requests('access.apply')).toEqual([]);
    expect(requests('access.preview')).toEqual([]);
    await user.click(screen.getByRole('tab', { name: 'Review' }));
    expect((await part(/not used/)).getByRole('row', { name: /platform/ }).textContent).toMatch(/Pending$/);
  });

  it('says where nothing was prepared, and where nothing has to be added', async () => {
    const { user, world } = await openReview();
    await user.click(await screen.findByRole('checkbox', { name: 'Select acme/web' }));
    screen.getByText('Some have no prepared change.');
    expect(button('Add to pending changes').getAttribute('aria-disabled')).toBe('true');
    await user.click(button('Clear'));
    world.accessGrants = [];
    await user.click(screen.getByRole('checkbox', { name: 'Select jonas on acme/web' }));
    await user.click(button('Add to pending changes'));
    await screen.findByText('Nothing was added. 1 change is so already.');
    expect(screen.getByRole('tab', { name: 'Review' }).getAttribute('aria-selected')).toBe('true');
  });

  it('has nothing to say where nothing was found, and tells from when on it can', async () => {
    await openReview({ accessFindings: [], accessNotedSince: timeFromNow(-day) });
    await screen.findByRole('heading', { name: 'Nothing to look at' });
    screen.getByText(/what nobody uses can be told from .* on\.$/);
  });

  it('says why it cannot be read, and reads it again', async () => {
    const { user, world } = await openReview({
      failures: { 'accessReview.findings': { code: 'server_unreachable' } },
    });
    const again = await screen.findByRole('button', { name: 'Try again' });
    world.failures = {};
    await user.click(again);
    await part(/not used/);
  });

  it('is reached by the palette', async () => {
    const { user } = await openPage('Settings', { contexts, accessFindings: findings });
    await user.keyboard('{Control>}k{/Control}');
    await user.keyboard('review perm{Enter}');
    await part(/not used/);
  });
});

describe('the changes of findings', () => {
  it('of one grant are the one that leaves less, or ends first, in whatever order', () => {
    const change = (actions: ('read' | 'write')[], expiresAt: string | null) =>
      sampleFinding({ changes: [{ principal: jonas, repository: 'acme/web', actions, expiresAt }] });
    const less = change(['read'], null);
    const more = change(['read', 'write'], timeFromNow(day));
    const longer = change(['read', 'write'], timeFromNow(9 * day));
    for (const all of [
      [less, more, longer],
      [longer, more, less],
    ])
      expect(changesOf(all)).toEqual(less.changes);
    for (const all of [
      [more, longer],
      [longer, more],
    ])
      expect(changesOf(all)).toEqual(more.changes);
  });
});
