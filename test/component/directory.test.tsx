import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { productionId } from '../support/samples.ts';
import { sampleOwnUser, sampleSignInWays, sampleUsersContext } from '../support/samples-users.ts';
import { openPage } from './open-window.tsx';

const contexts = [sampleUsersContext()];
const open = (facts: Parameters<typeof openPage>[1] = {}) => openPage('Directory', { contexts, ...facts });

describe('the directory of a service', () => {
  it('says where it is, what the last sync did, and who else signs people in', async () => {
    await open();
    for (const words of [
      'ldap.acme.example',
      'Every 1 hour',
      '2 who left',
      '12 added, 3 removed',
      'Acme SSO',
    ]) {
      await screen.findByText(words);
    }
  });

  it('is synced by a button, which is at work as long as the sync goes on', async () => {
    const { user, requests } = await open();
    await user.click(await screen.findByRole('button', { name: 'Sync now' }));
    await screen.findByRole('button', { name: 'Syncing…' });
    expect(requests('directory.sync')).toEqual([{ contextId: productionId }]);
  });

  it('is tested, in the service’s own words', async () => {
    const message = 'The directory does not take the password of bind_dn.';
    const problem = { startedAt: '2026-11-24T12:00:00.000Z', endedAt: null, counts: null, problem: message };
    const { user } = await open({
      signInWays: sampleSignInWays({ lastSync: problem }),
      directoryTest: { works: false, message },
    });
    await screen.findByText('The last sync changed nothing');
    await user.click(screen.getByRole('button', { name: 'Test' }));
    await screen.findByText('The directory does not work');
    expect(screen.getAllByText(message)).toHaveLength(2);
  });

  it('is for administrators alone, and says so where there is none', async () => {
    await open({ ownUser: sampleOwnUser({ role: 'user' }) });
    await screen.findByText('Directory: for administrators of Acme Registry');
    expect(screen.queryByRole('link', { name: 'Directory' })).toBeNull();
  });
});
