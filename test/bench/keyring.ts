import { programOnPath } from '../../scripts/setup/system-needs.mjs';
import type { Home } from '../e2e/launch.ts';
import { keyringPrograms, startKeyring, type Keyring } from '../support/keyring.ts';

const helper = 'docker-credential-secretservice';

/** A GNOME keyring with Docker's helper for it. */
export interface KeyringWithHelper extends Keyring {
  /** Docker's helper; its first argument is what to do. */
  readonly helper: string;
}

/** What of the keyring and its helper is not on this machine; empty when all is. */
export function missingForKeyring(): string[] {
  return [helper, ...keyringPrograms].filter((program) => programOnPath(program) === null);
}

/** Starts a keyring in a home. Throws with what it wrote when it does not start. */
export async function startKeyringWithHelper(home: Home): Promise<KeyringWithHelper> {
  const path = programOnPath(helper);
  if (path === null) throw new Error(`${helper} is not on this machine.`);
  return { ...(await startKeyring(home)), helper: path };
}
