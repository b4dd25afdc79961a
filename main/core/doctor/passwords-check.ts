import { join } from 'node:path';
import { clientNames, registryClients } from '../../../contracts/domain/registry-client.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import { NotText, type TextFiles } from '../ports.ts';
import { storedPasswords, withoutPasswords } from '../registries/stored-passwords.ts';
import { mendable, ok, type Check, type Found } from './finding.ts';

interface Deps {
  files: Pick<TextFiles, 'read' | 'writeAtomic'>;
  environment: Readonly<Record<string, string | undefined>>;
  /** As `process.platform` names it. */
  platform: string;
}

/** A file in which passwords may lie. */
interface Place {
  file: string;
  /** Whether it is looked into before the file that names Keyhold. */
  first: boolean;
  /** Whose set-up makes the password needless. */
  client: 'podman' | 'docker';
}

/** Passwords in plain text, for registries that Keyhold signs in to: they shadow it, or lie about for nothing. */
export function passwordsCheck({ files, environment, platform }: Deps): Check {
  return async ({ overview, registries }) => {
    const lasting = registryClients.map((client) => ({ client, file: overview.files[client], first: false }));
    const found: Found[] = [];
    for (const place of [...sessionFile(environment, platform), ...lasting]) {
      const asked = registries.filter(({ clients }) => clients[place.client].entry === 'keyhold');
      const text = await readText(files, place.file);
      const hosts = storedPasswords(text, new Set(asked.map(({ host }) => host)));
      for (const host of hosts) found.push(passwordIn(files, place, host));
    }
    if (found.length > 0) return found;
    const words = 'None lies in plain text for a registry that Keyhold signs in to.';
    return [ok({ id: 'password', subject: 'Stored passwords', found: words })];
  };
}

/** Where `podman login` writes on Linux, gone with the session: containers-auth.json(5). */
function sessionFile(environment: Deps['environment'], platform: string): Place[] {
  const runtime = environment['XDG_RUNTIME_DIR'];
  if (platform !== 'linux' || runtime === undefined || runtime === '') return [];
  return [{ file: join(runtime, 'containers', 'auth.json'), first: true, client: 'podman' }];
}

function passwordIn(files: Deps['files'], { file, first, client }: Place, host: string): Found {
  return mendable(
    {
      id: `password:${first ? 'session' : client}:${host}`,
      subject: `Stored password for ${host}`,
      state: first ? 'broken' : 'warning',
      touches: { clients: [client], hosts: [host] },
      found: `It lies in plain text in ${file}.`,
      why: first
        ? 'Podman, Skopeo and Buildah take it and do not ask Keyhold.'
        : `${clientNames[client]} asks Keyhold and does not need it.`,
    },
    'Remove password',
    async () => {
      // Read anew: another program may have changed it since it was looked at.
      const text = await readText(files, file);
      if (text !== null) await files.writeAtomic(file, withoutPasswords(text, host), 0o600);
    },
  );
}

/** A file that cannot be read holds nothing that could be found; that it cannot be read is another check's. */
async function readText(files: Deps['files'], file: string): Promise<string | null> {
  try {
    return await files.read(file);
  } catch (error) {
    if (error instanceof NotText || error instanceof KeyholdError) return null;
    throw error;
  }
}
