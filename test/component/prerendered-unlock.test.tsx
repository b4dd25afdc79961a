import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';
import type { Result } from '../../contracts/errors.ts';
import { Gate } from '../../renderer/app/gate.tsx';
import type { Answer } from '../../renderer/lib/api.ts';
import { unlockScreen } from '../../renderer/prerender.tsx';
import { createWorld } from '../support/world.ts';

type Status = Answer<'vault', 'status'>;

const locked: Status = { state: 'locked', retryAfterMs: 0, keychain: 'none', changed: false, recovery: true };

/** The page as main serves it first, and then the window's script, with main's answer still to come. */
function openPrerendered(whileStill: (field: HTMLInputElement) => void) {
  const double = createWorld({});
  Object.assign(window, { keyhold: double.api });
  const container = document.createElement('div');
  container.innerHTML = unlockScreen();
  document.body.append(container);
  const field = container.querySelector('input');
  if (field === null) throw new Error('The page came without a field.');
  whileStill(field);
  let answer: (status: Status) => void = () => undefined;
  const firstStatus = new Promise<Result<Status>>((resolve) => {
    answer = (value) => {
      resolve({ ok: true, value });
    };
  });
  render(<Gate firstStatus={firstStatus} prerendered />, { container, hydrate: true });
  const tell = (status: Partial<Status>): Promise<void> =>
    act(async () => {
      answer({ ...locked, ...status });
      await firstStatus;
    });
  return { ...double, field, tell };
}

afterEach(() => {
  document.body.replaceChildren();
});

test('what was typed before any script ran stays in the field, whatever else opens the vault', async () => {
  const { field, tell } = openPrerendered((still) => {
    still.value = 'plum anchor';
  });
  await tell({ keychain: 'offered' });
  expect(screen.getByLabelText('Passphrase')).toBe(field);
  expect(field.value).toBe('plum anchor');
  expect(screen.getByRole('button', { name: 'Unlock with the system keychain' })).toBeTruthy();
});

test('Enter pressed before any script ran unlocks once it does', async () => {
  const { calls } = openPrerendered((still) => {
    still.value = 'plum anchor velvet lantern';
    document.documentElement.dataset['submitted'] = '';
  });
  await expect.poll(() => calls.filter(({ call }) => call === 'vault.unlock')).toHaveLength(1);
});

test('a delay that main knows of holds the next try up', async () => {
  const { field, tell, calls } = openPrerendered(() => undefined);
  await tell({ retryAfterMs: 5000 });
  expect(screen.getByText(/Next try in \d s/)).toBeTruthy();
  await userEvent.type(field, 'plum{Enter}');
  expect(calls.filter(({ call }) => call === 'vault.unlock')).toHaveLength(0);
});

test('the automatic keychain is asked without a click, and a vault that cannot be opened says so', async () => {
  const automatic = openPrerendered(() => undefined);
  await automatic.tell({ keychain: 'automatic' });
  expect(automatic.calls.filter(({ call }) => call === 'vault.unlockWithKeychain')).toHaveLength(1);
  document.body.replaceChildren();
  const damaged = openPrerendered(() => undefined);
  await damaged.tell({ state: 'damaged' });
  expect(screen.queryByLabelText('Passphrase')).toBeNull();
});
