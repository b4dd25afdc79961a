/** The values that are offered, and the current one in its place: the settings file may hold any other. */
export function withCurrent(offered: readonly number[], current: number | null): readonly number[] {
  if (current === null || offered.includes(current)) return offered;
  return [...offered, current].sort((a, b) => a - b);
}
