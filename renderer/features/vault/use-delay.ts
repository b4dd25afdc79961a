import { useEffect, useState } from 'react';

interface Delay {
  /** Whole seconds left, rounded up; 0 when it is over. */
  secondsLeft: number;
  start: (milliseconds: number) => void;
}

/**
 * Counts a delay down, second by second.
 *
 * @param knownMs - What is known to be left, milliseconds; when it becomes another, counting starts anew.
 */
export function useDelay(knownMs: number): Delay {
  const [known, setKnown] = useState(knownMs);
  // An object: the same delay again is a new one.
  const [delay, setDelay] = useState({ milliseconds: knownMs });
  const [secondsLeft, setSecondsLeft] = useState(Math.ceil(knownMs / 1000));

  const start = (milliseconds: number): void => {
    setDelay({ milliseconds });
    setSecondsLeft(Math.ceil(milliseconds / 1000));
  };
  if (known !== knownMs) {
    setKnown(knownMs);
    start(knownMs);
  }

  useEffect(() => {
    if (delay.milliseconds <= 0) return undefined;
    const endsAt = Date.now() + delay.milliseconds;
    const timer = setInterval(() => {
      const left = Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
      setSecondsLeft(left);
      if (left === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [delay]);

  return { secondsLeft, start };
}
