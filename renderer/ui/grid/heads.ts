/** A name without its middle where it is long: both ends tell names apart. */
export function cutInMiddle(name: string, most: number): string {
  const letters = Array.from(name);
  if (letters.length <= most) return name;
  const end = Math.floor((most - 1) / 2);
  return `${letters.slice(0, most - 1 - end).join('')}…${letters.slice(-end).join('')}`;
}

/** How high heads of columns are whose longest name has so many letters, CSS pixels. */
export function slantedHeight(letters: number): number {
  // A letter is 6.6 wide, and leans by 58 degrees.
  return Math.max(72, Math.round(28 + letters * 5.6));
}
