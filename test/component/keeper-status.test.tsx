import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { sampleSignIn } from '../support/samples.ts';
import { sampleKeeper, sampleKeeperContext, sampleStanding } from '../support/samples-remote-keys.ts';
import { openPage } from './open-window.tsx';

describe('the status of a context at a keeper', () => {
  it('says who one is there, until when, how the keeper stands and what one may do', async () => {
    const opened = await openPage('Status', { contexts: [sampleKeeperContext()] });
    const keeper = within(await screen.findByRole('region', { name: 'Keeper' }));
    await keeper.findByText('Unsealed');
    // Who one is there is said above.
    expect(keeper.queryByText('jonas.weber')).toBeNull();
    keeper.getByText(/^\s*· 4[67]:\d\d left$/);
    keeper.getByText('9 of 22 operations');
    expect(keeper.queryByText('key.decrypt')).toBeNull();
    await opened.user.click(keeper.getByRole('button', { name: 'Show rules' }));
    const tab = await screen.findByRole('tab', { name: 'Simulator' });
    expect(tab.getAttribute('aria-selected')).toBe('true');
  });

  it('says which rule takes all that the others grant', async () => {
    const standing = sampleStanding({ permissions: ['tkeeper.*.*', 'tkeeper.key.**.sign'] });
    await openPage('Status', {
      contexts: [sampleKeeperContext()],
      keeper: { ...sampleKeeper().keeper, standing },
    });
    const keeper = within(await screen.findByRole('region', { name: 'Keeper' }));
    await keeper.findByText('0 of 22 operations');
    keeper.getByText(/^Your rule “tkeeper\.key\.\*\*\.sign” cannot be read/);
  });

  it('says which rule keepers read in two ways, and that the keeper decides', async () => {
    const standing = sampleStanding({ permissions: ['tkeeper.*.*', 'tkeeper.key.a..sign'] });
    await openPage('Status', {
      contexts: [sampleKeeperContext()],
      keeper: { ...sampleKeeper().keeper, standing },
    });
    const keeper = within(await screen.findByRole('region', { name: 'Keeper' }));
    await keeper.findByText('Not known: the keeper decides');
    keeper.getByText(/^Your rule “tkeeper\.key\.a\.\.sign” is read by some keepers/);
  });

  it.each([
    ['SEALED', 'Sealed'],
    ['UNINITIALIZED', 'Not set up'],
    [null, 'Not known'],
  ] as const)('says of the state %s: %s', async (state, words) => {
    const standing = sampleStanding({ state });
    await openPage('Status', {
      contexts: [sampleKeeperContext()],
      keeper: { ...sampleKeeper().keeper, standing },
    });
    const keeper = within(await screen.findByRole('region', { name: 'Keeper' }));
    await keeper.findByText(words);
  });

  it('says once that the service does not answer', async () => {
    await openPage('Status', {
      contexts: [sampleKeeperContext({ signIn: sampleSignIn('unreachable') })],
      failures: { 'remoteKeys.standing': { code: 'server_unreachable' } },
    });
    const keeper = within(await screen.findByRole('region', { name: 'Keeper' }));
    await keeper.findByText('Not known');
    expect(screen.getAllByText('The service cannot be reached')).toHaveLength(1);
  });

  it('claims nothing where the keeper does not answer', async () => {
    await openPage('Status', {
      contexts: [sampleKeeperContext()],
      failures: { 'remoteKeys.standing': { code: 'server_unreachable' } },
    });
    const keeper = within(await screen.findByRole('region', { name: 'Keeper' }));
    await keeper.findByText('The service cannot be reached');
    keeper.getByText('Not known');
    expect(keeper.queryByText(/operations/)).toBeNull();
  });
});
