import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../main/adapters/clock.ts';

describe('the system clock', () => {
  it('calls back in the order of the times asked for, and not what was cancelled', async () => {
    const called: string[] = [];
    await new Promise<void>((resolve) => {
      systemClock.after(20, resolve);
      systemClock.after(10, () => called.push('second'));
      systemClock.after(1, () => called.push('first'));
      systemClock.after(1, () => called.push('cancelled'))();
      // Its own timers do not keep a process alive; this one does.
      setTimeout(resolve, 5000);
    });
    expect(called).toEqual(['first', 'second']);
  });

  it('does not keep a process alive', () => {
    const module = join(import.meta.dirname, '../../../../main/adapters/clock.ts');
    const script = `import { systemClock } from ${JSON.stringify(module)}; systemClock.after(600_000, () => undefined);`;
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { timeout: 120_000 });
  });
});
