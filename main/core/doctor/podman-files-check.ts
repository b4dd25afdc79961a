import { join } from 'node:path';
import { faultWords } from '../../../contracts/domain/client-file-words.ts';
import type { Programs, TextFiles } from '../ports.ts';
import { namedIn, readAsClient } from '../registries/client-reading.ts';
import { sessionFile } from '../registries/paths.ts';
import { programsHere } from './client-programs.ts';
import { forPerson, moveAway, type Check, type CheckInput, type Found } from './finding.ts';

interface Deps {
  files: Pick<TextFiles, 'read'>;
  programs: Pick<Programs, 'find'>;
  environment: Readonly<Record<string, string | undefined>>;
  homeFolder: string;
  /** As `process.platform` names it. */
  platform: string;
  userId: number;
}

/** The files in which Podman, Skopeo and Buildah look before and behind their own: they stop at each that is broken. */
export function podmanFilesCheck(deps: Deps): Check {
  return async (input) => {
    if ((await programsHere(deps.programs, 'podman')).length === 0) return [];
    const session = sessionFile(deps.environment, deps.platform, deps.userId);
    return [
      ...(session === null ? [] : await aboutSession(deps, session, input.registries)),
      ...(await aboutLast(deps, 'file:docker', input.overview.files.docker)),
      ...(await aboutLast(deps, 'file:dockercfg', join(deps.homeFolder, '.dockercfg'))),
    ];
  };
}

async function aboutSession(
  { files }: Deps,
  file: string,
  registries: CheckInput['registries'],
): Promise<Found[]> {
  const reading = await readAsClient(files, 'podman', file);
  const about = { id: 'file:session', subject: 'Podman’s file of this session', state: 'broken' } as const;
  if (reading.fault !== null) {
    const found = `${file} ${faultWords[reading.fault]}.`;
    const why = 'Podman, Skopeo and Buildah read it first and stop at it.';
    const touches = { clients: ['podman'] as const, hosts: null };
    return [forPerson({ ...about, found, why, touches }, 'Repair it or move it away:', moveAway(file))];
  }
  const shadowed = registries.filter(({ host }) =>
    ['other', 'empty'].includes(namedIn('podman', reading, host)),
  );
  return shadowed.map(({ host }) =>
    forPerson(
      {
        ...about,
        id: `file:session:${host}`,
        subject: `Podman for ${host}`,
        touches: { clients: ['podman'], hosts: [host] },
        found: `${file} has an entry for it that does not name Keyhold.`,
        why: 'Podman, Skopeo and Buildah read that file first.',
      },
      `Take the line of ${host} out of credHelpers in that file.`,
    ),
  );
}

/**
 * Docker's file, and that of its first versions, which Podman reads last. Docker itself may be able to read its own.
 * What it means for a registry of Keyhold's, `entriesCheck` says.
 */
async function aboutLast({ files }: Deps, id: string, file: string): Promise<Found[]> {
  const { fault } = await readAsClient(files, 'podman', file);
  if (fault === null) return [];
  return [
    forPerson(
      {
        id,
        subject: 'Docker’s file, read by Podman',
        state: 'warning',
        found: `${file} ${faultWords[fault]}.`,
        why: 'Podman, Skopeo and Buildah stop at it for each registry without an entry of its own.',
      },
      'Repair it or move it away:',
      moveAway(file),
    ),
  ];
}
