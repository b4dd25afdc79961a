const QUIET_MS = 1_000;
const STILL_BUSY_MS = 15_000;

/**
 * Tells the person at the terminal what is going on. Standard error, so that a caller's standard output
 * stays clean.
 * @param {string} text
 */
export function say(text) {
  process.stderr.write(`[set-up] ${text}\n`);
}

/**
 * Runs one step of the set-up. A step that ends within a second says nothing; a longer one is announced,
 * says every 15 seconds that it is still busy, and how long it took.
 * @template T
 * @param {string} label what is being done, such as "unpacking Electron"
 * @param {() => Promise<T>} work
 * @returns {Promise<T>} what the work returns
 */
export async function step(label, work) {
  const started = Date.now();
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(0)} s`;
  let announced = false;
  const announce = setTimeout(() => {
    announced = true;
    say(`${label} …`);
  }, QUIET_MS);
  const stillBusy = setInterval(() => {
    say(`${label}: still busy after ${seconds()}`);
  }, STILL_BUSY_MS);
  try {
    const result = await work();
    if (announced) say(`${label}: done in ${seconds()}`);
    return result;
  } finally {
    clearTimeout(announce);
    clearInterval(stillBusy);
  }
}
