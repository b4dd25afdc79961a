import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  debianPackages,
  missingTools,
  parseLdd,
  programOnPath,
} from '../../../scripts/setup/system-needs.mjs';
import { chooseNames, ensureSystemPackages } from '../../../scripts/setup/system-packages.mjs';
import { temporaryFolder } from './setup-folders.ts';

const LDD = `	linux-vdso.so.1 (0x00007ffd5a5f2000)
	libffmpeg.so => /cache/electron/libffmpeg.so (0x00007f8e5a000000)
	libnss3.so => not found
	libgtk-3.so.0 => not found
	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f8e59a00000)
`;

const POLICY = `libgbm1:
  Installed: (none)
  Candidate: 22.3.6-1+deb12u1
  Version table:
     22.3.6-1+deb12u1 500
libasound2:
  Installed: (none)
  Candidate: (none)
  Version table:
libasound2t64:
  Installed: 1.2.11-1
  Candidate: 1.2.11-1
  Version table:
 *** 1.2.11-1 500
`;

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('missing libraries', () => {
  it('are read from what ldd says', () => {
    expect(parseLdd(LDD)).toEqual(['libnss3.so', 'libgtk-3.so.0']);
  });

  it('are none when ldd found all', () => {
    expect(parseLdd(LDD.replaceAll('not found', '/lib/x.so (0x00007f8e59a00000)'))).toEqual([]);
  });

  it("bring in all of Electron's Debian packages, as some are loaded without being linked", () => {
    const packages = debianPackages(['libnss3.so'], []);
    expect(packages).toEqual(expect.arrayContaining(['libnss3', 'libgtk-3-0', 'libsecret-1-0']));
    expect(debianPackages([], [])).toEqual([]);
  });
});

describe('missing tools', () => {
  function withTools(...names: string[]): void {
    const folder = temporaryFolder();
    const suffix = process.platform === 'win32' ? '.exe' : '';
    for (const name of names) writeFileSync(join(folder, name + suffix), '', { mode: 0o755 });
    vi.stubEnv('PATH', [temporaryFolder(), folder].join(delimiter));
    vi.stubEnv('DISPLAY', ':0');
  }
  const commands = (...of: Parameters<typeof missingTools>) =>
    missingTools(...of).map((tool) => tool.command);

  it('are the ones of the purpose that are not on the path', () => {
    withTools('skopeo', 'curl');
    const vault = ['gnome-keyring-daemon', 'dbus-run-session', 'pdftotext'];
    const desktop = ['dbus-daemon', 'dbus-send', 'gio'];
    // Debian keeps them off the path.
    const servers = ['initdb', 'slapd'].filter((command) => programOnPath(command) === null);
    const linuxOnly =
      process.platform === 'linux'
        ? ['buildah', ...servers, 'systemd-analyze', 'Xvfb', 'xdotool', ...vault, ...desktop]
        : [];
    const osRelease = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
    const debianOnly = osRelease.split('\n').includes('ID=debian') ? ['chromium-headless-shell'] : [];
    expect(commands('test')).toEqual([
      'podman',
      'chromium',
      'bash',
      'busybox',
      'zsh',
      'mksh',
      'ssh-keygen',
      'openssl',
      'http',
      ...debianOnly,
      ...linuxOnly,
    ]);
    expect(commands('demo')).toEqual(['podman', 'chromium']);
    expect(commands('bench')).toEqual([
      'docker-credential-secretservice',
      'docker-registry',
      'openssl',
      'gnome-keyring-daemon',
      'dbus-run-session',
    ]);
    expect(commands('start')).toEqual([]);
  });

  it('include a compiler only where something has to be built', () => {
    withTools('make');
    expect(commands('start', { compiler: true })).toEqual(['g++', 'python3']);
  });

  it.runIf(process.platform === 'linux')(
    'include a virtual display, and what the demo runs, where there is no display (Linux only)',
    () => {
      withTools('xauth', 'curl');
      vi.stubEnv('DISPLAY', '');
      vi.stubEnv('WAYLAND_DISPLAY', '');
      expect(commands('start')).toEqual(['xvfb-run', 'Xvfb', 'skopeo', 'podman', 'chromium']);
    },
  );

  it('are named once, however many need them', () => {
    withTools();
    vi.stubEnv('DISPLAY', '');
    vi.stubEnv('WAYLAND_DISPLAY', '');
    const names = commands('test');
    expect(names).toEqual([...new Set(names)]);
  });

  it.runIf(existsSync('/usr/bin/apt-get'))(
    'are left to the user who is not root, with the command that installs them (Debian and Ubuntu only)',
    async () => {
      const folder = temporaryFolder();
      for (const name of ['ldd', 'apt-cache']) symlinkSync(join('/usr/bin', name), join(folder, name));
      vi.stubEnv('PATH', folder);
      vi.stubEnv('DISPLAY', ':0');
      const getuid = vi.spyOn(process, 'getuid').mockReturnValue(1000);
      const needs = { purpose: 'demo', executable: process.execPath, compiler: false } as const;
      await expect(ensureSystemPackages(needs)).rejects.toMatchObject({
        message: 'Not on this machine: skopeo, podman, chromium, curl.',
        remedy: 'sudo apt-get install -y --no-install-recommends skopeo podman chromium curl',
      });
      getuid.mockRestore();
    },
  );

  it('are named once each as Debian packages', () => {
    const tools = [
      { command: 'xvfb-run', debian: 'xvfb' },
      { command: 'Xvfb', debian: 'xvfb' },
    ];
    expect(debianPackages([], tools)).toEqual(['xvfb']);
  });
});

describe("the names of packages in a distribution's release", () => {
  it('are the old ones, or the new ones of 64-bit time', () => {
    expect(chooseNames(['libgbm1', 'libasound2'], POLICY)).toEqual({
      names: ['libgbm1', 'libasound2t64'],
      unknown: [],
    });
  });

  it('are unknown where the package sources have neither', () => {
    expect(chooseNames(['libgbm1', 'skopeo'], POLICY)).toEqual({ names: ['libgbm1'], unknown: ['skopeo'] });
  });
});
