import { createElement, Fragment, type ReactNode } from 'react';
import { notifications } from '@mantine/notifications';
import { asCallError } from '../lib/api.ts';
import { errorText, errorTone } from '../lib/error-text.ts';
import { ServiceWords } from './service-words.tsx';

/** Ids of what is said of actions: a message takes away the one before it. */
const ids = { done: 'done', failed: 'failed', note: 'note' } as const;

const dismissable = { closeButtonProps: { 'aria-label': 'Dismiss' } };

const toneColours = { info: 'gray', warning: 'amber', error: 'red' } as const;

/** Says that something was done. */
export function toastDone(title: string, message: ReactNode = ''): void {
  show({ id: ids.done, title, message, color: 'green' });
}

/** Says why a key did nothing; once, however often it is pressed. */
export function toastNote(title: string): void {
  notifications.show({ ...dismissable, id: ids.note, title, message: '', color: 'gray' });
}

/** Says that something failed that has no place of its own on the page. Stays until it is dismissed or outdated. */
export function toastError(error: unknown): void {
  const { code, details } = asCallError(error);
  const { title, advice } = errorText(code, details);
  const words = details.said === undefined ? null : createElement(ServiceWords, { said: details.said });
  const message = createElement(Fragment, null, advice, words);
  const color = toneColours[errorTone(code)];
  show({ id: ids.failed, title, message, color, autoClose: false, role: 'alert' });
}

/** Takes away what was said of earlier actions: another one has begun. */
export function outdateToasts(): void {
  for (const id of Object.values(ids)) notifications.hide(id);
}

/** Takes away what was said of a page, a failure or a key that did nothing: another page is looked at. */
export function outdatePage(): void {
  notifications.hide(ids.failed);
  notifications.hide(ids.note);
}

function show(toast: Parameters<typeof notifications.show>[0]): void {
  outdateToasts();
  notifications.show({ ...dismissable, ...toast });
}
