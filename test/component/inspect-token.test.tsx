import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { DecodedToken, Inspection } from '../../contracts/domain/inspection.ts';
import {
  malformationSchema,
  signatureVerdictSchema,
  timeVerdictSchema,
} from '../../contracts/domain/inspection.ts';
import { limits } from '../../contracts/domain/limits.ts';
import { checksOf } from '../../renderer/features/tokens/inspection-checks.ts';
import { malformedWords, verdictOf } from '../../renderer/features/tokens/inspection-words.ts';
import {
  productionId,
  sampleContext,
  sampleInspection,
  sampleToken,
  stagingId,
  timeFromNow,
} from '../support/samples.ts';
import { fill, openPage, passTime, type OpenWindow } from './open-window.tsx';

const pasted = 'eyJhbGciOiJFZDI1NTE5In0.eyJzdWIiOiJ1XzQyIn0.c2ln';

async function inspect(inspection: Inspection, text = pasted): Promise<OpenWindow> {
  const opened = await openPage('Tokens', { inspection });
  await opened.user.click(screen.getByRole('tab', { name: 'Inspect' }));
  await fill(opened.user, await screen.findByLabelText('Token'), text);
  await opened.user.click(screen.getByRole('button', { name: 'Inspect token' }));
  return opened;
}

describe('inspecting a token', () => {
  it('says whether it is genuine, what was checked, and what it says with its times', async () => {
    const { requests } = await inspect(sampleInspection());
    await screen.findByText('Genuine and valid');
    expect(screen.getByText(/^Signed by key “This computer” of Production, valid until/)).toBeDefined();
    expect(screen.getByText('For the service of Production.')).toBeDefined();
    const end = screen.getByText('Expires (exp)').parentElement;
    expect(end?.textContent).toMatch(/\d\d:\d\d:\d\d \(in 5[34] minutes\)$/);
    expect(screen.getByText('Issuer (iss)')).toBeDefined();
    expect(requests('tokens.inspect')).toEqual([{ token: pasted }]);
  });

  it('works without a key, for a context that is pending', async () => {
    const { user } = await openPage('Tokens', { contexts: [sampleContext({ state: 'pending' })] });
    await user.click(screen.getByRole('tab', { name: 'Inspect' }));
    await fill(user, await screen.findByLabelText('Token'), pasted);
    await user.click(screen.getByRole('button', { name: 'Inspect token' }));
    await screen.findByText('Genuine and valid');
  });

  it('forgets the text when it is cleared and when the page is left', async () => {
    const { user } = await inspect(sampleInspection());
    await screen.findByText('Genuine and valid');
    await user.click(screen.getByRole('button', { name: 'Clear' }));
    expect(screen.queryByText('Genuine and valid')).toBeNull();
    expect(screen.getByLabelText('Token')).toHaveProperty('value', '');
    await fill(user, screen.getByLabelText('Token'), pasted);
    await user.click(screen.getByRole('tab', { name: 'Mint' }));
    await user.click(screen.getByRole('tab', { name: 'Inspect' }));
    expect(await screen.findByLabelText('Token')).toHaveProperty('value', '');
  });

  it('does not send what is too long, and sends nothing of nothing', async () => {
    const { user, requests } = await inspect(sampleInspection(), 'a'.repeat(limits.inspectMax + 1));
    await screen.findByText('That is too long for a token');
    await fill(user, screen.getByLabelText('Token'), '  ');
    await user.click(screen.getByRole('button', { name: 'Inspect token' }));
    expect(requests('tokens.inspect')).toEqual([]);
  });

  it('says where a text stops being a token', async () => {
    await inspect({ kind: 'malformed', problem: 'character', part: 'claims', position: 73 });
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('The second part, the claims, has a character at character 73');
  });
});

describe('the words for a token', () => {
  const signer = {
    contextId: productionId,
    contextName: 'Production',
    keyLabel: 'laptop',
    fingerprint: 'SHA256:9Jq2b1mXc0fVt8u3KpYw7sRhDzLeNa5oGx4iQkT6UvM',
    key: { state: 'live' as const },
  };
  const wrongAudience: Partial<DecodedToken> = {
    audience: { state: 'wrong', expected: 'https://a.example' },
  };

  it.each<[Partial<DecodedToken>, string, string]>([
    [{}, 'good', 'Genuine and valid'],
    [{ time: 'expired' }, 'warning', 'Genuine, but expired'],
    [{ time: 'not_yet' }, 'warning', 'Genuine, but not valid yet'],
    [{ time: 'no_expiry' }, 'warning', 'Genuine, but without an end'],
    [{ time: 'unreadable' }, 'warning', 'Genuine, but without a readable time'],
    [wrongAudience, 'warning', 'Genuine, but for another service'],
    [{ audience: { state: 'missing' } }, 'warning', 'Genuine, but for no service'],
    [{ notes: ['user'] }, 'warning', 'Genuine, but for another user'],
    [{ notes: ['crit'] }, 'warning', 'Genuine, but asks for more'],
    [{ signature: { state: 'wrong', ...signer } }, 'error', 'The signature is not genuine'],
    [{ signature: { state: 'unsigned' }, algorithm: 'none' }, 'error', 'The token is not signed'],
    [{ signature: { state: 'missing' } }, 'error', 'The signature is missing'],
    [
      { signature: { state: 'alg_missing' }, algorithm: null },
      'error',
      'The token does not say how it is signed',
    ],
    [{ signature: { state: 'key_unknown' } }, 'info', 'Signature not checked: key unknown'],
    [{ signature: { state: 'shared_secret' }, algorithm: 'HS256' }, 'info', 'Signature not checked'],
    [{ signature: { state: 'alg_unknown' }, algorithm: 'ROT13' }, 'info', 'Signature not checked'],
  ])('of %j are %s: %s', (facts, tone, title) => {
    const token = sampleInspection(facts);
    expect(verdictOf(token, Date.now())).toMatchObject({ tone, title });
    expect(checksOf(token).every(({ state, words }) => state !== '' && words !== '')).toBe(true);
  });

  it('name an algorithm that nobody knows', () => {
    const token = sampleInspection({ signature: { state: 'alg_unknown' }, algorithm: 'ROT13' });
    expect(verdictOf(token, Date.now()).text).toContain('ROT13');
  });

  it('are there for every fault, with a cure', () => {
    for (const problem of malformationSchema.options) {
      const words = malformedWords({ kind: 'malformed', problem, part: 'header', position: 4 });
      expect(words).toMatch(/(?:Paste|Copy|get it again|Do not use|Only the service)/);
    }
    expect(signatureVerdictSchema.options).toHaveLength(3);
    expect(timeVerdictSchema.options).toHaveLength(5);
  });
});

describe('recent tokens', () => {
  const older = sampleToken({
    tokenId: crypto.randomUUID(),
    contextId: stagingId,
    expiresAt: timeFromNow(600),
  });

  it('can be copied again and forgotten, whichever context they are of', async () => {
    const { user, requests } = await openPage('Tokens', { tokens: [older] });
    const list = within(await screen.findByRole('list', { name: 'Recent tokens' }));
    expect(list.getByText('Staging')).toBeDefined();
    await user.click(list.getByRole('button', { name: 'Copy' }));
    expect(requests('tokens.copy')).toEqual([{ tokenId: older.tokenId, form: 'raw' }]);
    await user.click(list.getByRole('button', { name: /^Forget token/ }));
    await waitFor(() => {
      expect(screen.queryByRole('list', { name: 'Recent tokens' })).toBeNull();
    });
    expect(requests('tokens.forget')).toEqual([{ tokenId: older.tokenId }]);
  });

  it('show the token before the newest, and leave out what has expired', async () => {
    const { user } = await openPage('Tokens', { tokens: [older] });
    await user.click(screen.getByRole('button', { name: 'Mint token' }));
    await screen.findByRole('heading', { name: 'New token' });
    expect(within(screen.getByRole('list', { name: 'Recent tokens' })).getAllByRole('listitem')).toHaveLength(
      1,
    );
    passTime(601);
    await waitFor(() => {
      expect(screen.queryByRole('list', { name: 'Recent tokens' })).toBeNull();
    });
  });
});
