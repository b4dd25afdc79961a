/**
 * The script of the page that has the unlock screen in it (see app-protocol.ts). The window is shown once such a page has
 * loaded all that it names; so the rest of the code is named only then.
 */

/** Enter, before React listens: the page itself may send no form anywhere, and the press would be lost. */
addEventListener('submit', ({ target }) => {
  if (target instanceof HTMLFormElement) document.documentElement.dataset['submitted'] = '';
});

addEventListener('load', () => {
  const later = document.querySelector('template')?.content.children ?? [];
  document.head.append(...[...later].map(withoutTemplate));
});

/** Scripts out of a template do not run; new ones do. */
function withoutTemplate(element: Element): Element {
  const copy = document.createElement(element.localName);
  for (const { name, value } of element.attributes) copy.setAttribute(name, value);
  return copy;
}

export {};
