import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ensureSandbox } from '../../../scripts/setup/sandbox.mjs';
import { temporaryFolder } from './setup-folders.ts';

const isRoot = process.getuid?.() === 0;
const somebody = 1000;

/** Electron's file beside its helper program with this mode, owned by whoever runs the tests. */
function electron(mode: number): string {
  const folder = temporaryFolder();
  const helper = join(folder, 'chrome-sandbox');
  writeFileSync(helper, '');
  chmodSync(helper, mode);
  expect(statSync(helper).mode & 0o7777).toBe(mode);
  return join(folder, 'electron');
}

/** A kernel's answer to a new user namespace. The machine's own cannot be changed for a test. */
function kernelThat(allows: boolean): void {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'unshare'), `#!/bin/sh\nexit ${allows ? '0' : '1'}\n`, { mode: 0o755 });
  vi.stubEnv('PATH', [folder, process.env['PATH'] ?? ''].join(delimiter));
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.runIf(process.platform === 'linux')("Chromium's sandbox (Linux only)", () => {
  it('starts where the kernel allows user namespaces', async () => {
    kernelThat(true);
    await expect(ensureSandbox(electron(0o755), somebody)).resolves.toBeUndefined();
  });

  it('does not start elsewhere, and the command that mends it is given', async () => {
    kernelThat(false);
    const executable = electron(0o755);
    await expect(ensureSandbox(executable, somebody)).rejects.toMatchObject({
      message: expect.stringContaining('does not let you make user namespaces') as string,
      remedy: expect.stringMatching(/sudo chown root:root ".*chrome-sandbox" && sudo chmod 4755/) as string,
    });
  });

  it.runIf(isRoot)(
    'starts with a helper program of root that has the set-user-ID bit (as root only)',
    async () => {
      kernelThat(false);
      await expect(ensureSandbox(electron(0o4755), somebody)).resolves.toBeUndefined();
    },
  );

  it('is not asked for by root, for whom it is off', async () => {
    kernelThat(false);
    await expect(ensureSandbox(electron(0o755), 0)).resolves.toBeUndefined();
  });
});
