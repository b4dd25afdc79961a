import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { sampleContext, tokenText } from '../support/samples.ts';
import type { World } from '../support/world.ts';
import { fill, openPage, passTime, type OpenWindow } from './open-window.tsx';

async function mint(facts: Partial<World> = {}): Promise<OpenWindow> {
  const opened = await openPage('Tokens', facts);
  await opened.user.click(screen.getByRole('button', { name: 'Mint token' }));
  return opened;
}

describe('minting', () => {
  it('takes an hour unless told otherwise, and says what the token is good for', async () => {
    const { requests, world } = await mint();
    const words = (await screen.findByText(/^Signs you in as/)).textContent;
    expect(words).toContain('Signs you in as u_42 to https://registry.acme.example, until');
    expect(requests('tokens.mint')).toEqual([{ contextId: world.contexts[0]?.id, ttl: '1h' }]);
  });

  it('offers no longer lives than the service accepts', async () => {
    await openPage('Tokens', { contexts: [sampleContext({ maxTokenTtl: 3600 })] });
    expect(screen.getAllByRole('radio').map((choice) => (choice as HTMLInputElement).value)).toEqual([
      '15m',
      '1h',
      'other',
    ]);
  });

  it('takes any life that is typed, and says at the field what is wrong with one', async () => {
    const { user, requests } = await openPage('Tokens', {
      failures: { 'tokens.mint': { code: 'invalid_ttl', details: { maxSeconds: 5400 } } },
    });
    await user.click(screen.getByRole('radio', { name: 'Other' }));
    await fill(user, screen.getByLabelText('Other life'), ' 90d ');
    await user.keyboard('{enter}');
    expect(await screen.findByText(/at least 1m, and at most 1h30m for this service\.$/)).toBeDefined();
    expect(requests('tokens.mint')).toMatchObject([{ ttl: '90d' }]);
  });

  it('says when the service does not know the key', async () => {
    await mint({ failures: { 'tokens.mint': { code: 'key_not_registered' } } });
    expect((await screen.findByRole('alert')).textContent).toContain('The service does not know this key');
  });

  it('sends one to the registration while the key is pending', async () => {
    const { user } = await openPage('Tokens', { contexts: [sampleContext({ state: 'pending' })] });
    await user.click(screen.getByRole('button', { name: 'Register key' }));
    await screen.findByText('Copy the registration token');
  });
});

describe('minted token', () => {
  it('is masked, shown once, and only copied after that', async () => {
    const { user, requests } = await mint();
    await screen.findByRole('button', { name: 'Reveal token' });
    expect(screen.queryByText(tokenText)).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Reveal token' }));
    await screen.findByText(tokenText);
    await user.click(screen.getByRole('button', { name: 'Hide token' }));
    expect(screen.queryByText(tokenText)).toBeNull();
    expect(screen.queryByRole('button', { name: 'Reveal token' })).toBeNull();
    expect(screen.getByText(/cannot be shown again/)).toBeDefined();
    expect(requests('tokens.reveal')).toHaveLength(1);
    expect(screen.getByRole('button', { name: 'Copy token' })).toBeDefined();
  });

  it.each([
    [null, 'Copy token', 'raw'],
    ['Header', 'Copy Authorization header', 'header'],
    ['curl', 'Copy curl command', 'curl'],
    ['HTTPie', 'Copy HTTPie command', 'httpie'],
    ['fetch', 'Copy fetch call', 'fetch'],
    ['.netrc', 'Copy .netrc line', 'netrc'],
    ['.env', 'Copy .env line', 'env'],
  ])('is copied for %s by “%s” as %s', async (shown, label, form) => {
    const { user, requests } = await mint();
    if (shown !== null) await user.click(await screen.findByRole('radio', { name: shown }));
    await user.click(await screen.findByRole('button', { name: label }));
    await screen.findByRole('button', { name: /^Copied · clears in/ });
    expect(requests('tokens.copy')).toMatchObject([{ form }]);
  });

  it('says so when a copy fails', async () => {
    const { user } = await mint({ failures: { 'tokens.copy': { code: 'token_gone' } } });
    await user.click(await screen.findByRole('button', { name: 'Copy token' }));
    const alert = await screen.findByRole('alert');
    expect(within(alert).getByText('The token is no longer here')).toBeDefined();
  });

  it('counts down to its end and is not offered after it', async () => {
    await mint();
    await screen.findByText(/^Expires in (1:00:00|59:59)$/);
    passTime(3601);
    await screen.findByText('The token has expired');
    expect(screen.queryByRole('button', { name: 'Copy token' })).toBeNull();
  });
});

describe('behind the other tab', () => {
  it('the life that was typed stays, and a token that was shown does not', async () => {
    const { user } = await openPage('Tokens');
    await user.click(screen.getByRole('radio', { name: 'Other' }));
    await fill(user, screen.getByLabelText('Other life'), '95m');
    await user.click(screen.getByRole('button', { name: 'Mint token' }));
    await user.click(await screen.findByRole('button', { name: 'Reveal token' }));
    await screen.findByText(tokenText);
    await user.click(screen.getByRole('tab', { name: 'Inspect' }));
    await waitFor(() => {
      expect(document.body.innerHTML).not.toContain(tokenText);
    });
    await user.click(screen.getByRole('tab', { name: 'Mint' }));
    expect(screen.getByLabelText('Other life')).toHaveProperty('value', '95m');
    expect(screen.queryByText(tokenText)).toBeNull();
    expect(screen.getByText(/cannot be shown again/)).toBeDefined();
  });

  it('a pasted token does not stay', async () => {
    const { user } = await openPage('Tokens');
    await user.click(screen.getByRole('tab', { name: 'Inspect' }));
    await fill(user, screen.getByLabelText('Token'), tokenText);
    await user.click(screen.getByRole('tab', { name: 'Mint' }));
    expect(document.querySelector('textarea')).toBeNull();
  });
});
