import { notifications } from '@mantine/notifications';
import { cleanup, configure, screen } from '@testing-library/react';
import * as React from 'react';
import { afterEach, vi } from 'vitest';
import { errorWords } from '../../renderer/app/error-words.ts';
import { setErrorWords } from '../../renderer/lib/error-text.ts';

setErrorWords(errorWords);

// What jsdom has not and the window uses; each does as little as a page without layout can.
Object.assign(window, {
  matchMedia: (query: string) => ({
    // Nothing moves: each transition would draw what it moves four times.
    matches: query.includes('prefers-reduced-motion'),
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }),
  ResizeObserver: class {
    observe(): void {
      return undefined;
    }
    unobserve(): void {
      return undefined;
    }
    disconnect(): void {
      return undefined;
    }
  },
  requestIdleCallback: (callback: () => void) => window.setTimeout(callback, 0),
  cancelIdleCallback: (handle: number) => {
    window.clearTimeout(handle);
  },
});
// Virtual lists measure what they lie in.
Object.defineProperty(HTMLElement.prototype, 'offsetHeight', { get: () => 720 });
Object.defineProperty(HTMLElement.prototype, 'offsetWidth', { get: () => 1100 });
// Without a layout everything would count as out of sight, and menus hide what is.
Object.defineProperty(Element.prototype, 'clientWidth', { get: () => 1100 });
Object.defineProperty(Element.prototype, 'clientHeight', { get: () => 720 });
Element.prototype.getBoundingClientRect = () => new DOMRect(10, 10, 200, 40);
Element.prototype.scrollIntoView = () => undefined;

// On two busy cores the window may take long to come up, and a tick of its clocks may come late.
configure({
  asyncUtilTimeout: 60_000,
  // Said anew on each try of a query that waits: the document itself is printed once, below.
  getElementError: (message) =>
    Object.assign(new Error(message ?? ''), { name: 'TestingLibraryElementError' }),
});

// React notes for each element the stack that it was made in, for its warnings, until it has ten thousand of them, and begins
// anew each second: an eighth of all the work here.
Object.defineProperty(
  Object.entries(React).find(([name]) => name.startsWith('__CLIENT_INTERNALS'))?.[1],
  'recentlyCreatedOwnerStacks',
  { get: () => Infinity, set: () => undefined },
);

afterEach(({ task }) => {
  if (task.result?.state === 'fail') screen.debug();
  cleanup();
  // Toasts wait in their module, for whatever window comes next.
  notifications.clean();
  localStorage.clear();
  vi.useRealTimers();
});
