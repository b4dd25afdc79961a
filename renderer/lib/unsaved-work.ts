import type { UnsavedPlace } from '../../contracts/ipc/app.ts';
import { keyhold } from './api.ts';

/** By the window's door to main, which is one as long as the window stands. */
const windows = new WeakMap<object, Set<UnsavedPlace>>();

/** Tells main whether a page holds something that would go with the window: main asks before the window goes. */
export function noteUnsaved(place: UnsavedPlace, isThere: boolean): void {
  const places = windows.get(keyhold()) ?? new Set<UnsavedPlace>();
  windows.set(keyhold(), places);
  if (places.has(place) === isThere) return;
  if (isThere) places.add(place);
  else places.delete(place);
  void keyhold().app.noteUnsaved({ places: [...places] });
}
