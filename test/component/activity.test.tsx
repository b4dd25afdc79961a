import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { activityKinds } from '../../contracts/ipc/activity.ts';
import { activityDisplays } from '../../renderer/features/activity/activity-words.ts';
import { sampleActivity, timeFromNow } from '../support/samples.ts';
import { openPage } from './open-window.tsx';

/** How many entries the log has unless a test says otherwise. */
const total = sampleActivity().length;

async function entries(): Promise<HTMLElement[]> {
  return within(await screen.findByRole('list', { name: 'Activity' })).getAllByRole('listitem');
}

describe('activity', () => {
  it('says each kind of entry in words, with context, detail and time', async () => {
    const activity = activityKinds.map((kind, index) => ({
      seq: activityKinds.length - index,
      at: timeFromNow(-120),
      kind,
      contextName: 'Production',
      detail: 'some detail',
    }));
    const { user } = await openPage('Activity', { activity });
    for (let read = 50; read < activityKinds.length; read += 50) {
      await user.click(await screen.findByRole('button', { name: 'Load more' }));
      await waitFor(async () => {
        expect(await entries()).toHaveLength(Math.min(read + 50, activityKinds.length));
      });
    }
    const shown = (await entries()).map((entry) => entry.textContent);
    const expected = activityKinds.map(
      (kind) => `${activityDisplays[kind].words}some detailProduction2 minutes ago`,
    );
    expect(shown.map((text, index) => text.slice(0, expected[index]?.length))).toEqual(expected);
  });

  it('loads older entries on request', async () => {
    const { user } = await openPage('Activity', { activity: sampleActivity(70) });
    expect(await entries()).toHaveLength(50);
    await user.click(screen.getByRole('button', { name: 'Load more' }));
    await screen.findByRole('list', { name: 'Activity' });
    expect(await screen.findAllByRole('listitem')).toHaveLength(70);
    expect(screen.queryByRole('button', { name: 'Load more' })).toBeNull();
  });

  it('shows a new entry as soon as the main process says so', async () => {
    const { world, emit } = await openPage('Activity', { activity: sampleActivity(3) });
    expect(await entries()).toHaveLength(3);
    world.activity = [
      { seq: 4, at: timeFromNow(0), kind: 'vault.locked', contextName: null, detail: null },
      ...world.activity,
    ];
    act(() => {
      emit('activityChanged');
    });
    await screen.findByText('Vault locked');
    expect(await entries()).toHaveLength(4);
  });

  it('says that the log is intact', async () => {
    const { user } = await openPage('Activity');
    await user.click(screen.getByRole('button', { name: 'Verify log' }));
    await screen.findByText('The log is intact');
    expect(
      screen.getByText(`${total} entries checked: none was changed, removed or put in later.`),
    ).toBeDefined();
  });

  it('says from which entry on the log cannot be trusted', async () => {
    const { user } = await openPage('Activity', { brokenAt: 7 });
    await user.click(screen.getByRole('button', { name: 'Verify log' }));
    expect((await screen.findByRole('alert')).textContent).toContain('The log was changed at entry 7');
  });

  it('shows only what matches subject and text', async () => {
    const { user } = await openPage('Activity');
    await entries();
    await user.selectOptions(screen.getByLabelText('Subject'), 'Warnings');
    await waitFor(async () => {
      expect((await entries()).map((entry) => entry.textContent)).toEqual([
        expect.stringContaining('Wrong passphrase or code entered'),
        expect.stringContaining('Credential refused'),
        expect.stringContaining('Vault recovered'),
      ]);
    });
    await user.type(screen.getByLabelText('Filter by context or detail'), 'DOCKER.example');
    await waitFor(async () => {
      expect(await entries()).toHaveLength(1);
    });
    await user.type(screen.getByLabelText('Filter by context or detail'), ' nowhere');
    await screen.findByText('No entry matches the filter.');
  });

  it('exports what the filter shows', async () => {
    const { user, requests } = await openPage('Activity');
    await user.selectOptions(await screen.findByLabelText('Subject'), 'Vault');
    await user.click(screen.getByRole('button', { name: 'Export' }));
    await user.click(await screen.findByRole('menuitem', { name: 'CSV, filtered entries…' }));
    await screen.findByText(`${total} entries in keyhold-activity.csv.`);
    const ofVault = activityKinds.filter((kind) => /^(vault|backup|settings)\./.test(kind));
    const [{ kinds, ...request }] = requests('activity.export') as [{ kinds: string[] }];
    expect(request).toEqual({ format: 'csv', text: '' });
    expect(kinds.toSorted()).toEqual(ofVault.toSorted());
  });

  it('marks the entries that a broken log leaves in doubt', async () => {
    const { user } = await openPage('Activity', { brokenAt: 7 });
    await user.click(await screen.findByRole('button', { name: 'Verify log' }));
    await screen.findByRole('alert');
    expect(screen.getAllByText('not reliable')).toHaveLength(total - 6);
  });

  it('offers to try again when the log cannot be read', async () => {
    const { user, world } = await openPage('Activity', {
      failures: { 'activity.list': { code: 'storage_failed' } },
    });
    await screen.findByRole('alert');
    world.failures = {};
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await entries()).toHaveLength(total);
  });
});
