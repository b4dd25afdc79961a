import { notifications } from '@mantine/notifications';
import { asCallError } from '../lib/api.ts';
import { errorText } from '../lib/error-text.ts';

/** Says that something was done. */
export function toastDone(title: string, message = ''): void {
  notifications.show({ title, message, color: 'green', closeButtonProps: { 'aria-label': 'Dismiss' } });
}

/** Says why a key did nothing; once, however often it is pressed. */
export function toastNote(title: string): void {
  notifications.show({
    id: title,
    title,
    message: '',
    color: 'gray',
    closeButtonProps: { 'aria-label': 'Dismiss' },
  });
}

/** Says that something failed that has no place of its own on the page. Stays until it is dismissed. */
export function toastError(error: unknown): void {
  const { code, details } = asCallError(error);
  const { title, advice } = errorText(code, details);
  notifications.show({
    title,
    message: advice,
    color: 'red',
    autoClose: false,
    role: 'alert',
    closeButtonProps: { 'aria-label': 'Dismiss' },
  });
}
