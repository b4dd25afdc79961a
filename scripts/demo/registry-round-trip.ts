import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from '../../test/e2e/launch.ts';
import { writeOciLayout } from '../../test/support/oci-image.ts';
import { podman, skopeoInspect, skopeoPull, skopeoPush } from '../../test/support/registry-commands.ts';
import { hasTool, type ToolResult } from '../../test/support/registry-tools.ts';
import type { Journal } from './journal.ts';

async function must<Result extends ToolResult>(result: Promise<Result>): Promise<Result> {
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
  await journal.step(`skopeo copy oci:image docker://${image}`, () =>
    must(skopeoPush(home, layout.reference, image)),
  );
  const { digest } = await journal.step('skopeo pulls it back', () => must(skopeoPull(home, image, 'back')));
  if (digest !== layout.root.digest)
    throw new Error(`Pushed ${layout.root.digest}, got back ${String(digest)}`);
  journal.note(`the same image came back: ${digest}`);
}

/** The same image with Podman, where Podman is installed and may run. */
export async function podmanPull(journal: Journal, home: Home, image: string): Promise<void> {
  if (!hasTool('podman')) return;
  await journal.step(`podman pull ${image}`, () =>
    must(podman(home, ['pull', '--quiet', '--tls-verify=false', image])),
  );
  await journal.step(`podman push ${image}-podman`, () =>
    must(podman(home, ['push', '--quiet', '--tls-verify=false', image, `docker://${image}-podman`])),
  );
}

/** What skopeo tells a user whose key is registered but who has no rights. */
export async function refusedPull(journal: Journal, home: Home, image: string): Promise<void> {
  const result = await journal.step(
    `skopeo inspect docker://${image} without rights is refused`,
    async () => {
      const inspected = await skopeoInspect(home, image);
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
