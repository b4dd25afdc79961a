import type { UnsavedPlace } from '../../../contracts/ipc/app.ts';

const words: Readonly<Record<UnsavedPlace, string>> = {
  rules: 'Rules: roles are changed and not saved.',
  access: 'Permissions: changes of access are prepared and not applied.',
};

/** Where in the window something is typed or prepared that nobody has kept yet: it goes with the window. */
export class UnsavedWork {
  #places: readonly UnsavedPlace[] = [];

  note(places: readonly UnsavedPlace[]): void {
    this.#places = places;
  }

  /** What would be lost, a line for each page; null where nothing would. */
  get lost(): string | null {
    return this.#places.length === 0 ? null : this.#places.map((place) => words[place]).join('\n');
  }
}
