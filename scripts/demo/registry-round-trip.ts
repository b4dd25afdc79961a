import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from '../../test/e2e/launch.ts';
import { writeOciLayout } from '../../test/support/oci-image.ts';
import { hasTool, runTool, type ToolResult } from '../../test/support/registry-tools.ts';
import type { Journal } from './journal.ts';

/** Accepts any signature policy and plain HTTP: the demo's server runs on this machine. */
const skopeoCopy = ['--insecure-policy', 'copy', '--quiet'];

async function must(result: Promise<ToolResult>): Promise<ToolResult> {
  const done = await result;
  if (done.code !== 0) throw new Error(done.stderr.trim());
  return done;
}

/** Pushes an image and pulls it back with skopeo, authenticated by the helper alone; compares the digests. */
export async function skopeoRoundTrip(journal: Journal, home: Home, image: string): Promise<void> {
  const layout = await writeOciLayout(join(home.folder, 'image'), {
    files: { 'etc/motd': 'Pushed by skopeo, signed in by Keyhold.\n' },
    architectures: ['amd64', 'arm64'],
  });
  const remote = `docker://${image}`;
  await journal.step(`skopeo copy oci:image docker://${image}`, () =>
    must(
      runTool(
        home.folder,
        'skopeo',
        [...skopeoCopy, '--all', '--dest-tls-verify=false', layout.reference, remote],
        home.env,
      ),
    ),
  );
  const back = join(home.folder, 'back');
  await journal.step('skopeo pulls it back', () =>
    must(
      runTool(
        home.folder,
        'skopeo',
        [...skopeoCopy, '--all', '--src-tls-verify=false', remote, `oci:${back}:latest`],
        home.env,
      ),
    ),
  );
  const index = JSON.parse(readFileSync(join(back, 'index.json'), 'utf8')) as {
    manifests: { digest: string }[];
  };
  const digest = index.manifests[0]?.digest;
  if (digest !== layout.root.digest)
    throw new Error(`Pushed ${layout.root.digest}, got back ${String(digest)}`);
  journal.note(`the same image came back: ${digest}`);
}

/** The same image with Podman, where Podman is installed and may run. */
export async function podmanPull(journal: Journal, home: Home, image: string): Promise<void> {
  if (!hasTool('podman')) return;
  const storage = join(home.folder, 'podman');
  const places = [
    '--root',
    join(storage, 'root'),
    '--runroot',
    join(storage, 'run'),
    '--storage-driver',
    'vfs',
  ];
  await journal.step(`podman pull ${image}`, () =>
    must(
      runTool(home.folder, 'podman', [...places, 'pull', '--quiet', '--tls-verify=false', image], home.env),
    ),
  );
  await journal.step(`podman push ${image}-podman`, () =>
    must(
      runTool(
        home.folder,
        'podman',
        [...places, 'push', '--quiet', '--tls-verify=false', image, `docker://${image}-podman`],
        home.env,
      ),
    ),
  );
}

/** What skopeo tells a user whose key is registered but who has no rights. */
export async function refusedPull(journal: Journal, home: Home, image: string): Promise<void> {
  const result = await journal.step(
    `skopeo inspect docker://${image} without rights is refused`,
    async () => {
      const inspected = await runTool(
        home.folder,
        'skopeo',
        ['inspect', '--tls-verify=false', `docker://${image}`],
        home.env,
      );
      if (inspected.code === 0) throw new Error('A user without rights could read the image.');
      return inspected;
    },
  );
  journal.note(result.stderr.trim().split('\n').at(-1)?.slice(0, 160) ?? '');
}

/** The only credential store that the clients were given. */
export function authFileNamesOnlyTheHelper(home: Home): string {
  if (!existsSync(home.podmanAuthFile)) throw new Error('The auth file was not written.');
  const text = readFileSync(home.podmanAuthFile, 'utf8');
  const content = JSON.parse(text) as Record<string, unknown>;
  if (Object.keys(content).join() !== 'credHelpers')
    throw new Error('The auth file holds more than the helper.');
  return text.replaceAll(/\s+/g, ' ');
}
