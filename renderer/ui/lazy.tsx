import { useEffect, useState, type ComponentType, type ReactNode } from 'react';

/** Code that could not be fetched. The error boundary says so and offers to try again. */
export class CodeMissing extends Error {
  constructor(cause: unknown) {
    super('a part of the window could not be loaded', { cause });
  }
}

export interface Lazy<Props> {
  (props: Props): ReactNode;
  /** Fetches its code, once; from then on it is drawn at once. */
  fetch: () => Promise<void>;
}

/** How each is fetched, in the order in which the code that names it came. */
const known = new Set<() => Promise<void>>();

/**
 * A component whose code is a file of its own. Not by Suspense: where that has shown a placeholder for a moment, React
 * holds the content back for another 300 ms.
 *
 * @param load - Imports the component.
 * @param Placeholder - Drawn with the same properties until then.
 */
export function lazy<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  Placeholder: (props: Props) => ReactNode = () => null,
): Lazy<Props> {
  let fetched: ComponentType<Props> | null = null;
  const fetch = async (): Promise<void> => {
    fetched ??= await load();
  };
  known.add(fetch);
  function LazyComponent(props: Props): ReactNode {
    const [Fetched, setFetched] = useState(() => fetched);
    useEffect(() => {
      if (Fetched !== null) return;
      fetch().then(
        () => setFetched(() => fetched),
        (error: unknown) => {
          // Thrown while rendering, for the boundary around.
          setFetched(() => {
            throw new CodeMissing(error);
          });
        },
      );
    }, [Fetched]);
    return Fetched === null ? <Placeholder {...props} /> : <Fetched {...props} />;
  }
  return Object.assign(LazyComponent, { fetch });
}

/** Fetches all code that is still to come, one file after the other. A failure shows when the code is really needed. */
export async function fetchRest(idle: () => Promise<void>): Promise<void> {
  for (const fetch of known) {
    await idle();
    await fetch().catch(() => undefined);
  }
}
