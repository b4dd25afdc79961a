import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../contracts/domain/settings.ts';
import type { World } from '../support/world.ts';
import { openPage, openWindow } from './open-window.tsx';

function withSettings(facts: Partial<World['settings']>): Partial<World> {
  return {
    settings: { settings: defaultSettings, startAtLogin: false, tray: true, setAside: false, ...facts },
  };
}

function control(role: 'switch' | 'combobox', name: RegExp | string): HTMLInputElement {
  return screen.getByRole(role, { name });
}

describe('settings', () => {
  it('show what is chosen and send what is changed, and that alone', async () => {
    const { user, requests } = await openPage('Settings');
    const autoLock = control('combobox', 'Lock when nobody uses the computer');
    expect(autoLock.value).toBe('15');
    await user.selectOptions(autoLock, 'After 1 hour');
    await user.selectOptions(autoLock, 'Never');
    await user.click(control('switch', 'Lock when the computer sleeps'));
    await user.click(control('switch', 'Lock when the screen is locked'));
    await user.selectOptions(control('combobox', 'Clear copied tokens'), 'After 2 minutes');
    await user.click(screen.getByRole('radio', { name: 'Light' }));
    await user.click(control('switch', /^Keep running in the tray/));
    expect(requests('settings.change')).toEqual([
      { autoLockMinutes: 60 },
      { autoLockMinutes: null },
      { lockOnSuspend: false },
      { lockOnScreenLock: false },
      { clipboardSeconds: 120 },
      { theme: 'light' },
      { closeToTray: true },
    ]);
    await waitFor(() => {
      expect(control('switch', 'Lock when the computer sleeps').checked).toBe(false);
    });
    expect(control('combobox', 'Clear copied tokens').value).toBe('120');
  });

  it('offer a value of the settings file that is none of the usual ones', async () => {
    await openPage('Settings', withSettings({ settings: { ...defaultSettings, autoLockMinutes: 42 } }));
    expect(control('combobox', 'Lock when nobody uses the computer').value).toBe('42');
    expect(screen.getByRole('option', { name: 'After 42 minutes' })).toBeDefined();
  });

  it('let programs keep it open for longer than the person alone, where it locks by itself at all', async () => {
    const { user, requests } = await openPage('Settings');
    const programs = control('combobox', 'Programs keep it open');
    expect(programs.value).toBe('off');
    await user.selectOptions(programs, 'For 4 hours at most');
    await user.selectOptions(programs, 'Off');
    await user.selectOptions(control('combobox', 'Lock when nobody uses the computer'), 'After 2 hours');
    await waitFor(() => {
      expect(within(programs).queryByRole('option', { name: 'For 2 hours at most' })).toBeNull();
    });
    await user.selectOptions(control('combobox', 'Lock when nobody uses the computer'), 'Never');
    await waitFor(() => {
      expect(programs.disabled).toBe(true);
    });
    expect(requests('settings.change')).toEqual([
      { programsKeepOpenMinutes: 240 },
      { programsKeepOpenMinutes: null },
      { autoLockMinutes: 120 },
      { autoLockMinutes: null },
    ]);
  });

  it('offer to start in the tray once Keyhold starts at login', async () => {
    const { user, requests } = await openPage('Settings');
    expect(screen.queryByRole('switch', { name: 'Start in the tray' })).toBeNull();
    await user.click(control('switch', 'Start Keyhold at login'));
    expect(requests('settings.setStartAtLogin')).toEqual([{ on: true }]);
    await user.click(await screen.findByRole('switch', { name: 'Start in the tray' }));
    expect(requests('settings.change')).toEqual([{ startHidden: false }]);
  });

  it('say why there is nothing to choose where the desktop has no tray', async () => {
    await openPage('Settings', withSettings({ tray: false }));
    expect(control('switch', /^Keep running in the tray/).disabled).toBe(true);
    expect(screen.getByText(/This desktop shows no tray/)).toBeDefined();
  });

  it('stay as they were when they cannot be kept, with the cure', async () => {
    const { user } = await openPage('Settings', {
      failures: { 'settings.change': { code: 'storage_failed' } },
    });
    await user.click(control('switch', 'Lock when the computer sleeps'));
    await screen.findByText('Keyhold could not use its files');
    expect(control('switch', 'Lock when the computer sleeps').checked).toBe(true);
  });

  it('can be read again when they could not be read', async () => {
    const { user, world } = await openPage('Settings', {
      failures: { 'settings.get': { code: 'storage_failed' } },
    });
    await screen.findByRole('alert');
    world.failures = {};
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByRole('switch', { name: 'Lock when the computer sleeps' });
  });
});

describe('the status', () => {
  it.each([
    [{ at: '2026-11-24T14:30:00', latest: null }, /^At 14:30.* if nobody uses the computer$/],
    [
      { at: '2026-11-24T14:30:00', latest: '2026-11-24T18:20:00' },
      /^At 14:30.* if nobody uses the computer; programs can put it off until 18:20.*$/,
    ],
    [null, /^Not by itself$/],
  ])('says when Keyhold locks: %j', async (lockForecast, words) => {
    openWindow({ lockForecast });
    const name = await screen.findByText('Keyhold locks');
    await waitFor(() => {
      expect(name.nextElementSibling?.textContent).toMatch(words);
    });
  });
});

describe('settings that were set aside', () => {
  it('are said on whatever page is open, until that is dismissed', async () => {
    const { user, emit, requests } = openWindow(withSettings({ setAside: true }));
    await screen.findByText('Your settings could not be read');
    await user.click(screen.getByRole('button', { name: 'Dismiss' }));
    expect(requests('settings.acknowledge')).toHaveLength(1);
    emit('settingsChanged');
    await waitFor(() => {
      expect(screen.queryByText('Your settings could not be read')).toBeNull();
    });
  });
});

describe('what failed outside the window', () => {
  it('is told in it, with the cure', async () => {
    const { emit } = openWindow();
    await screen.findByRole('heading', { name: 'Status' });
    emit('actionFailed', { code: 'key_not_registered' });
    await screen.findByText('The service does not know this key');
  });
});
