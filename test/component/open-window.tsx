import { render, screen, waitFor } from '@testing-library/react';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { beforeAll, expect, vi } from 'vitest';
import { pages } from '../../renderer/app/page-table.ts';
import { UnlockedApp } from '../../renderer/app/unlocked-app.tsx';
import { VaultGate } from '../../renderer/app/vault-gate.tsx';
import { fetchRest } from '../../renderer/ui/lazy.tsx';
import { createWorld, type World } from '../support/world.ts';
import type { TestApi } from '../support/test-api.ts';

// As in a window that stood for a moment: all code is there, and what comes up comes up at once.
beforeAll(() => fetchRest(() => Promise.resolve()));

export interface OpenWindow extends TestApi {
  world: World;
  user: UserEvent;
  /** Requests of all calls of that name so far. */
  requests: (call: string) => unknown[];
}

function open(facts: Partial<World>, content: (api: TestApi['api']) => ReactNode): OpenWindow {
  const double = createWorld(facts);
  Object.assign(window, { keyhold: double.api });
  render(content(double.api));
  return {
    ...double,
    user: userEvent.setup({ delay: null }),
    requests: (call) => double.calls.filter((made) => made.call === call).map(({ request }) => request),
  };
}

/** Opens the window with a main process behind it that knows these facts. */
export function openWindow(facts: Partial<World> = {}): OpenWindow {
  return open(facts, (api) => <VaultGate firstStatus={api.vault.status()} prerendered={false} />);
}

/** Opens the window of an unlocked vault at one of the sidebar's pages, and waits for what the page reads. */
export async function openPage(label: string, facts: Partial<World> = {}): Promise<OpenWindow> {
  const page = pages.find((entry) => entry.label === label);
  if (page === undefined) throw new Error(`There is no page ${label}.`);
  const opened = open(facts, () => <UnlockedApp start={page.path} />);
  await screen.findByRole('heading', { level: 1, name: label });
  await waitFor(() => {
    expect(screen.queryByLabelText('Loading')).toBeNull();
  });
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
