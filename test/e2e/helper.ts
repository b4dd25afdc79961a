import { spawnSync } from 'node:child_process';
import type { Home } from './launch.ts';

/** What the installed credential helper answers to whoever runs it, as Podman does. */
export interface HelperAnswer {
  /** Null when it gives none. */
  credential: { username: string; secret: string } | null;
  /** What it says to the person. */
  hint: string;
}

/** Asks the helper on the home's PATH for a registry's credential. */
export function askHelper(home: Home, host: string): HelperAnswer {
  const { status, stdout, stderr } = spawnSync(home.helperPath, ['get'], {
    input: host,
    env: home.env,
    encoding: 'utf8',
  });
  if (status !== 0) return { credential: null, hint: stderr };
  const { Username, Secret } = JSON.parse(stdout) as { Username: string; Secret: string };
  return { credential: { username: Username, secret: Secret }, hint: stderr };
}
