import { render, screen } from '@testing-library/react';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import { beforeAll, vi } from 'vitest';
import { VaultGate } from '../../renderer/app/vault-gate.tsx';
import { fetchRest } from '../../renderer/ui/lazy.tsx';
import { createWorld, type World } from '../support/world.ts';
import type { TestApi } from '../support/test-api.ts';

// As in a window that stood for a moment: all code is there, and what comes up comes up at once.
beforeAll(() => fetchRest(() => Promise.resolve()), 60_000);

export interface OpenWindow extends TestApi {
  world: World;
  user: UserEvent;
  /** Requests of all calls of that name so far. */
  requests: (call: string) => unknown[];
}

/** Opens the window with a main process behind it that knows these facts. */
export function openWindow(facts: Partial<World> = {}): OpenWindow {
  const double = createWorld(facts);
  Object.assign(window, { keyhold: double.api });
  render(<VaultGate firstStatus={double.api.vault.status()} prerendered={false} />);
  return {
    ...double,
    user: userEvent.setup({ delay: null }),
    requests: (call) => double.calls.filter((made) => made.call === call).map(({ request }) => request),
  };
}

/** Opens the window and goes to one of the sidebar's pages. */
export async function openPage(label: string, facts: Partial<World> = {}): Promise<OpenWindow> {
  const opened = openWindow(facts);
  await opened.user.click(await screen.findByRole('link', { name: label }));
  await screen.findByRole('heading', { level: 1, name: label });
  return opened;
}

/** Puts a text into a field in one go, in place of what is there. */
export async function fill(user: UserEvent, field: HTMLElement, text: string): Promise<void> {
  await user.clear(field);
  await user.paste(text);
}

/** Lets the window's clocks see a later time; timers themselves run as ever. */
export function passTime(seconds: number): void {
  const later = Date.now() + seconds * 1000;
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(later);
}
