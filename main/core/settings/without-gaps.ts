/** Without members that are there but undefined: those change nothing. */
export function withoutGaps<Values extends object>(values: {
  [Name in keyof Values]?: Values[Name] | undefined;
}): Partial<Values> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<Values>;
}
