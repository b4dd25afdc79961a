/** Where a key leads, from a place in a list of so many; places beyond its ends mean the ends. */
type Steps = Readonly<Record<string, (place: number, count: number) => number>>;

/** The keys that move through a list. @param page - Places that Page Up and Page Down pass over. */
export function listSteps(page: number): Steps {
  return {
    ArrowDown: (place) => place + 1,
    ArrowUp: (place) => place - 1,
    PageDown: (place) => place + page,
    PageUp: (place) => place - page,
    Home: () => 0,
    End: (_place, count) => count - 1,
  };
}
