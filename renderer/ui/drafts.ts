import { useEffect } from 'react';

type Field = HTMLInputElement | HTMLTextAreaElement;

/** What the fields of forms held when they first got the focus, or when their form was saved last. */
const saved = new WeakMap<Element, string>();

function isTextField(target: EventTarget | null): target is Field {
  if (target instanceof HTMLInputElement) return target.type !== 'checkbox' && target.type !== 'radio';
  return target instanceof HTMLTextAreaElement;
}

/** Notes what the window's fields hold before somebody types into them. To be used once. */
export function useDrafts(): void {
  useEffect(() => {
    const note = ({ target }: Event): void => {
      if (isTextField(target) && !saved.has(target)) saved.set(target, target.value);
    };
    document.addEventListener('focusin', note);
    return () => document.removeEventListener('focusin', note);
  }, []);
}

/** Says that what a form's fields hold now is saved: leaving it loses nothing. */
export function settleDraft(form: HTMLFormElement | null): void {
  for (const field of form?.elements ?? []) if (isTextField(field)) saved.set(field, field.value);
}

/** Whether a form in this element has text that was typed and not saved. Filters and settings are in no form. */
export function hasDraft(element: Element | null): boolean {
  return [...(element?.querySelectorAll<Field>('form :is(input, textarea)') ?? [])].some(
    (field) => saved.has(field) && field.value.trim() !== '' && field.value !== saved.get(field),
  );
}
