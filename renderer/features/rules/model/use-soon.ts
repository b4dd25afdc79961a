import { useEffect, useRef, useState } from 'react';

/** How long an input stood before it is looked into, milliseconds. */
const pauseMs = 200;

/**
 * What takes too long to find out at each letter: found out once nothing was typed for a moment and the window has time. The
 * answer of before stays until then, with what it is about.
 *
 * @param input - The same object as long as it is the same.
 * @param find - The same function at each drawing.
 */
export function useSoon<Input, Found>(
  input: Input,
  find: (input: Input) => Found,
): { of: Input; found: Found } | null {
  const [answer, setAnswer] = useState<{ of: Input; found: Found } | null>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    let idle = 0;
    const begin = (): void => {
      idle = requestIdleCallback(
        () => {
          isFirst.current = false;
          setAnswer({ of: input, found: find(input) });
        },
        { timeout: 1000 },
      );
    };
    const timer = setTimeout(begin, isFirst.current ? 0 : pauseMs);
    return () => {
      clearTimeout(timer);
      cancelIdleCallback(idle);
    };
  }, [input, find]);
  return answer;
}
