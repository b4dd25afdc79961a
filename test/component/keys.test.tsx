import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import {
  productionId,
  sampleContext,
  sampleKey,
  samplePendingKey,
  sampleRotation,
  sampleSignIn,
  sampleStatus,
  timeFromNow,
} from '../support/samples.ts';
import type { World } from '../support/world.ts';
import { fill, openPage, openWindow, type OpenWindow } from './open-window.tsx';

const day = 86_400;
const button = (name: string | RegExp): HTMLElement => screen.getByRole('button', { name });

async function openSheet(facts: Partial<World> = {}): Promise<OpenWindow & { sheet: HTMLElement }> {
  const opened = await openPage('Keys', facts);
  await opened.user.click(await screen.findByRole('button', { name: 'This computer' }));
  return { ...opened, sheet: await screen.findByRole('dialog', { name: 'This computer' }) };
}

async function confirmRotation(user: OpenWindow['user']): Promise<void> {
  const dialog = await screen.findByRole('dialog', { name: /^Rotate “/ });
  await user.click(within(dialog).getByRole('button', { name: 'Rotate key' }));
  await waitFor(() => {
    expect(screen.queryByRole('dialog')).toBeNull();
  });
}

describe('the list of keys', () => {
  it('says of each key what its state is', async () => {
    const { world, emit } = await openPage('Keys');
    const table = await screen.findByRole('table', { name: 'Keys' });
    for (const [words, key] of [
      ['Not registered', samplePendingKey()],
      ['Signs', sampleKey()],
      ['Registered', sampleKey({ signs: false })],
      ['Being retired', sampleKey({ state: 'retiring', signs: false })],
      ['Expired', sampleKey({ signs: false, expiresAt: timeFromNow(-1) })],
      ['Revoked', sampleKey({ state: 'revoked', signs: false, revokedAt: timeFromNow(-60) })],
    ] as const) {
      world.keys = [key];
      act(() => {
        emit('keysChanged');
      });
      expect(await within(table).findByText(words)).toBeDefined();
    }
  });

  it('is sorted by the states as it says them', async () => {
    const key = (id: number, facts: Parameters<typeof sampleKey>[0]) =>
      sampleKey({ id: `0b9b2f44-52f0-4e0b-8f0a-5b7b1c9d3e0${String(id)}`, ...facts });
    const { user } = await openPage('Keys', {
      keys: [
        key(1, { signs: true }),
        key(2, { signs: false, expiresAt: timeFromNow(-1) }),
        key(3, { state: 'revoked', signs: false }),
        key(4, { signs: false }),
      ],
    });
    await user.click(await screen.findByRole('button', { name: 'State' }));
    const shown = screen.getAllByText(/^(Signs|Expired|Revoked|Registered)$/);
    expect(shown.map(({ textContent }) => textContent)).toEqual([
      'Expired',
      'Registered',
      'Revoked',
      'Signs',
    ]);
  });

  it('changes when the main process says so', async () => {
    const { world, emit } = await openPage('Keys');
    await screen.findByText('Signs');
    world.keys = [sampleKey({ state: 'revoked', signs: false })];
    act(() => {
      emit('keysChanged');
    });
    await screen.findByText('Revoked');
  });

  it('offers to rotate the key that signs, or to register the one that waits for it', async () => {
    await openPage('Keys');
    expect(await screen.findByRole('button', { name: 'Rotate key' })).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Register key' })).toBeNull();
  });
});

describe('a key that is about to expire', () => {
  it('is marked in the sidebar and on the Status page, where it can be rotated', async () => {
    const key = sampleKey({ expiresAt: timeFromNow(2.2 * day) });
    const { user, requests } = openWindow({ keys: [key], status: sampleStatus({ key }) });
    await screen.findByRole('link', { name: 'Keys, the key expires soon' });
    await screen.findByText('The key expires in 2 days');
    await user.click(button('Rotate key'));
    await confirmRotation(user);
    await screen.findByRole('heading', { level: 1, name: 'Keys' });
    expect(requests('keys.rotate')).toEqual([{ contextId: productionId, byPasting: false }]);
  });

  it('is said to be over once it is', async () => {
    const key = sampleKey({ signs: false, expiresAt: timeFromNow(-day) });
    const contexts = [sampleContext({ signIn: sampleSignIn('expired') })];
    openWindow({ keys: [key], contexts, status: sampleStatus({ key }) });
    await screen.findByRole('link', { name: 'Keys, the key has expired' });
    expect((await screen.findByRole('alert')).textContent).toContain('The key has expired');
  });

  it('is not spoken of while there is more than a week, or a newer key signs', async () => {
    const far = sampleKey({ expiresAt: timeFromNow(8 * day) });
    const old = sampleKey({
      id: '0b9b2f44-52f0-4e0b-8f0a-5b7b1c9d3e77',
      kid: 'x',
      signs: false,
      expiresAt: timeFromNow(day),
    });
    openWindow({ keys: [far, old], status: sampleStatus({ key: far }) });
    await screen.findByText(/^Signed in as/);
    expect(screen.getByRole('link', { name: 'Keys' })).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Rotate key' })).toBeNull();
  });
});

describe('a key’s sheet', () => {
  it('renames it', async () => {
    const { user, sheet, requests, emit } = await openSheet();
    const rename = within(sheet).getByRole('button', { name: 'Rename' });
    expect(rename.getAttribute('aria-disabled')).toBe('true');
    await fill(user, within(sheet).getByLabelText('Label'), 'Laptop');
    await user.click(rename);
    await screen.findByText('Key renamed');
    act(() => {
      emit('keysChanged');
    });
    await screen.findByRole('dialog', { name: 'Laptop' });
    expect(requests('keys.rename')).toEqual([{ keyId: sampleKey().id, label: 'Laptop' }]);
  });

  it('sets its age limit, and offers none that is over', async () => {
    const { user, sheet, requests } = await openSheet();
    const select = within(sheet).getByLabelText('Stops signing after');
    // The sample is 32 days old.
    expect(within(select).getByRole('option', { name: '30 days' })).toHaveProperty('disabled', true);
    await user.selectOptions(select, 'Never');
    await user.selectOptions(select, '90 days');
    expect(requests('keys.setAge')).toEqual([
      { keyId: sampleKey().id, age: null },
      { keyId: sampleKey().id, age: 90 },
    ]);
  });

  it('gives the public key in each form, to copy and to save', async () => {
    const { user, sheet, requests } = await openSheet();
    await within(sheet).findByText(/^ssh-ed25519 AAAA/);
    await user.click(within(sheet).getByText('PEM'));
    await within(sheet).findByText(/BEGIN PUBLIC KEY/);
    await user.click(within(sheet).getByRole('button', { name: 'Copy' }));
    await screen.findByText('Public key copied');
    await user.click(within(sheet).getByRole('button', { name: 'Save…' }));
    await screen.findByText('In this-computer.pub.');
    const request = { keyId: sampleKey().id, format: 'pem' };
    expect(requests('keys.copyPublic')).toEqual([request]);
    expect(requests('keys.savePublic')).toEqual([request]);
  });

  it('revokes it after asking', async () => {
    const { user, sheet, requests } = await openSheet();
    await user.click(within(sheet).getByRole('button', { name: 'Revoke key…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Revoke “This computer”?' });
    expect(within(dialog).getByText(/It is the key that signs now/)).toBeDefined();
    expect(requests('keys.revoke')).toEqual([]);
    await user.click(within(dialog).getByRole('button', { name: 'Revoke key' }));
    await screen.findByText('The service has revoked it.');
    expect(requests('keys.revoke')).toEqual([{ keyId: sampleKey().id, anyway: false }]);
  });

  it('says when the service did not revoke it, and deletes it here only when that is wanted', async () => {
    const { user, sheet, requests } = await openSheet({ revocation: 'unreachable' });
    await user.click(within(sheet).getByRole('button', { name: 'Revoke key…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Revoke “This computer”?' });
    await user.click(within(dialog).getByRole('button', { name: 'Revoke key' }));
    await within(dialog).findByText('The key was not revoked');
    await user.click(within(dialog).getByRole('button', { name: 'Delete here anyway' }));
    await screen.findByText(/may still list the key/);
    expect(requests('keys.revoke')).toHaveLength(2);
    expect(requests('keys.revoke')[1]).toEqual({ keyId: sampleKey().id, anyway: true });
  });

  it('does not revoke a key that is being rotated', async () => {
    const { sheet } = await openSheet({ rotation: sampleRotation({ running: false, problem: 'stopped' }) });
    expect(within(sheet).getByRole('button', { name: 'Revoke key…' })).toHaveProperty('ariaDisabled', 'true');
    expect(within(sheet).getByText('Finish or undo the rotation first.')).toBeDefined();
  });
});

describe('a rotation', () => {
  const standing = (facts: Parameters<typeof sampleRotation>[0]): Partial<World> => ({
    rotation: sampleRotation({ running: false, ...facts }),
  });

  it('begins once it is confirmed, and shows how far it is', async () => {
    const { user, world, emit } = await openPage('Keys');
    await user.click(await screen.findByRole('button', { name: 'Rotate key' }));
    await confirmRotation(user);
    const steps = await screen.findAllByRole('listitem');
    expect(steps.map((step) => step.textContent)).toEqual([
      'Make a new key, done',
      'Register it with the service, under way',
      'Sign in with it, to come',
      'Revoke the old key, to come',
    ]);
    world.rotation = sampleRotation({ step: 'done', running: false, canUndo: false });
    act(() => {
      emit('keysChanged');
    });
    await screen.findByText('Key rotated');
    await user.click(button('Close'));
    await screen.findByRole('button', { name: 'Rotate key' });
    expect(screen.queryByText('Key rotated')).toBeNull();
  });

  it('can be stopped while it runs', async () => {
    const { user, requests } = await openPage('Keys', { rotation: sampleRotation() });
    await user.click(await screen.findByRole('button', { name: 'Stop' }));
    await screen.findByText('The rotation is not finished');
    expect(requests('keys.stopRotation')).toHaveLength(1);
  });

  it('that stands says where, why and which key signs, and can be gone on with or undone', async () => {
    const { user, requests } = await openPage(
      'Keys',
      standing({ step: 'verify', problem: 'server_unreachable' }),
    );
    await screen.findByText('The rotation stands at step 3');
    expect(screen.getByText('The service cannot be reached. The key you had goes on signing.')).toBeDefined();
    await user.click(button('Continue'));
    expect(await screen.findByRole('button', { name: 'Stop' })).toBeDefined();
    expect(requests('keys.rotate')).toEqual([{ contextId: productionId, byPasting: false }]);
  });

  it('is undone on request, and what the service did is said', async () => {
    const { user } = await openPage('Keys', {
      ...standing({ problem: 'refused' }),
      revocation: 'unreachable',
    });
    await user.click(await screen.findByRole('button', { name: 'Undo rotation' }));
    await screen.findByText('Rotation undone');
    expect(screen.getByText(/may still list the key/)).toBeDefined();
  });

  it('cannot be undone once the new key has taken over; the old one can be deleted here', async () => {
    const { user, requests } = await openPage(
      'Keys',
      standing({ step: 'retire', problem: 'refused', canUndo: false }),
    );
    await user.click(await screen.findByRole('button', { name: 'Delete old key here anyway' }));
    await screen.findByText('Key rotated');
    expect(screen.queryByRole('button', { name: 'Undo rotation' })).toBeNull();
    expect(requests('keys.endRotation')).toHaveLength(1);
  });

  it('without the old key’s authority leads to the registration by pasting', async () => {
    const { user, requests } = await openPage('Keys', standing({ problem: 'old_key_refused' }));
    await user.click(await screen.findByRole('button', { name: 'Register by pasting' }));
    expect(requests('keys.rotate')).toEqual([{ contextId: productionId, byPasting: true }]);
  });

  it('by pasting leads to the new key’s registration', async () => {
    const { user } = await openPage('Keys', standing({ mode: 'paste' }));
    await user.click(await screen.findByRole('button', { name: 'Register new key' }));
    await screen.findByRole('heading', { level: 1, name: 'Register key' });
    expect(button('Back to Keys')).toBeDefined();
  });

  it('that cannot begin says why', async () => {
    const { user } = await openPage('Keys', { failures: { 'keys.rotate': { code: 'server_unreachable' } } });
    await user.click(await screen.findByRole('button', { name: 'Rotate key' }));
    await confirmRotation(user);
    expect((await screen.findByRole('alert')).textContent).toContain('The service cannot be reached');
  });

  it('that is not finished is spoken of on the Status page', async () => {
    const { user } = openWindow(standing({ problem: 'stopped' }));
    await screen.findByText('A key rotation is not finished');
    await user.click(button('Open Keys'));
    await screen.findByText('The rotation is not finished');
  });
});

describe('a further key', () => {
  it('is made with a label and an age limit, and its registration follows', async () => {
    const { user, requests } = await openPage('Keys');
    await user.click(await screen.findByRole('button', { name: 'New key' }));
    const dialog = await screen.findByRole('dialog', { name: 'New key' });
    const make = within(dialog).getByRole('button', { name: 'Make key' });
    expect(make.getAttribute('aria-disabled')).toBe('true');
    await fill(user, within(dialog).getByLabelText('Key label'), ' Second ');
    await user.selectOptions(within(dialog).getByLabelText('Stops signing after'), '90 days');
    await user.click(make);
    await screen.findByRole('heading', { level: 1, name: 'Register key' });
    expect(requests('keys.make')).toEqual([{ contextId: productionId, label: 'Second', age: 90 }]);
  });

  it('is offered where the service no longer knows the key', async () => {
    const { user } = openWindow({ contexts: [sampleContext({ signIn: sampleSignIn('not_accepted') })] });
    await user.click(await screen.findByRole('button', { name: 'Make new key…' }));
    await screen.findByRole('dialog', { name: 'New key' });
  });

  it('once registered leaves Podman alone', async () => {
    const wait = { contextId: productionId, phase: 'registered', nextTryAt: null, tries: 1 } as const;
    const { emit } = openWindow({ contexts: [sampleContext({ state: 'pending' })] });
    await screen.findByRole('heading', { level: 1, name: 'Register key' });
    act(() => {
      emit('waitChanged', { ...wait, setUps: { podman: 'unchanged', docker: 'unchanged' } });
    });
    await screen.findByRole('heading', { level: 1, name: 'Key registered' });
    expect(screen.queryByText(/Podman/)).toBeNull();
  });
});
