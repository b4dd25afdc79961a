/** Gives the keyboard back to the grid, from what goes away with what it did. */
export function focusGrid(): void {
  document.querySelector<HTMLElement>('[role="grid"]')?.focus();
}
