import { clientNames, registryClients } from '../../../contracts/domain/registry-client.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import { NotText, type TextFiles } from '../ports.ts';
import { AuthFileStore, sayingWhose } from '../registries/auth-file-store.ts';
import { readAsClient } from '../registries/client-reading.ts';
import { sessionFile } from '../registries/paths.ts';
import { storedPasswords, takenByPodman, withoutPasswords } from '../registries/stored-passwords.ts';
import { mendable, ok, type Check, type Found } from './finding.ts';

interface Deps {
  files: TextFiles;
  environment: Readonly<Record<string, string | undefined>>;
  /** As `process.platform` names it. */
  platform: string;
  userId: number;
}

/** A file in which passwords may lie. */
interface Place {
  file: string;
  /** Whether it is looked into before the file that names Keyhold. */
  first: boolean;
  /** Whose set-up makes the password needless. */
  client: 'podman' | 'docker';
}

/** Passwords in plain text for registries that Keyhold signs in to: they are used in its place, or are not needed. */
export function passwordsCheck({ files, environment, platform, userId }: Deps): Check {
  return async ({ overview, registries }) => {
    const lasting = registryClients.map((client) => ({ client, file: overview.files[client], first: false }));
    const session = sessionFile(environment, platform, userId);
    const first = session === null ? [] : [{ client: 'podman' as const, file: session, first: true }];
    const found: Found[] = [];
    for (const place of [...first, ...lasting]) {
      const asked = registries.filter(({ clients }) => clients[place.client].entry === 'keyhold');
      const hosts = storedPasswords(
        await readText(files, place.file),
        new Set(asked.map(({ host }) => host)),
      );
      const { auths } = await readAsClient(files, 'podman', place.file);
      for (const host of hosts) {
        const taken = place.first ? takenByPodman(auths, host) : null;
        found.push(passwordIn(files, place, host, taken));
      }
    }
    if (found.length > 0) return found;
    const words = 'None lies in plain text for a registry that Keyhold signs in to.';
    return [ok({ id: 'password', subject: 'Stored passwords', found: words })];
  };
}

const reasons = {
  all: 'Podman, Skopeo and Buildah take it and do not ask Keyhold.',
  part: 'Podman, Skopeo and Buildah take it for some repositories, and ask Keyhold for the others.',
  illegible: 'It is no Base64: Podman, Skopeo and Buildah stop at it.',
} as const;

function passwordIn(
  files: Deps['files'],
  { file, first, client }: Place,
  host: string,
  taken: keyof typeof reasons | null,
): Found {
  return mendable(
    {
      id: `password:${first ? 'session' : client}:${host}`,
      subject: `Stored password for ${host}`,
      state: taken === 'all' || taken === 'illegible' ? 'broken' : 'warning',
      touches: { clients: [client], hosts: [host] },
      found: `It lies in plain text in ${file}.`,
      why: taken === null ? `${clientNames[client]} asks Keyhold and does not need it.` : reasons[taken],
    },
    'Remove password',
    async () => {
      // Read anew: another program may have changed it since it was looked at.
      const text = await readText(files, file);
      if (text === null) return;
      await sayingWhose(client, () => new AuthFileStore(files).write(file, withoutPasswords(text, host)));
    },
  );
}

/** Null for a file that cannot be read as well: another check says so. */
async function readText(files: Deps['files'], file: string): Promise<string | null> {
  try {
    return await files.read(file);
  } catch (error) {
    if (error instanceof NotText || error instanceof KeyholdError) return null;
    throw error;
  }
}
