import type { Finding } from '../../contracts/ipc/doctor.ts';
import { KeyholdError } from '../../contracts/errors.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { World } from './world.ts';

function well(id: string, subject: string, found: string): Finding {
  return { id, state: 'ok', subject, found, why: null, mend: null };
}

/** What the Doctor says where all is well. */
export function sampleFindings(): Finding[] {
  const bin = '/home/ada/.local/bin/docker-credential-keyhold';
  return [
    well('agent', 'Agent', 'It listens on /run/user/1000/keyhold/agent.sock, for you alone.'),
    well('helper', 'Helper program', `Installed and up to date: ${bin}`),
    well('path', 'PATH', `It leads to the helper: ${bin}`),
    well('answer', 'Helper’s answer', 'The helper reaches Keyhold and answers.'),
    well('environment', 'Environment', 'No variable leads Podman or Docker to other files.'),
    well(
      'entry:podman:registry.acme.example',
      'Podman for registry.acme.example',
      'Podman asks Keyhold, by its entry in /home/ada/.config/containers/auth.json.',
    ),
    well('password', 'Stored passwords', 'None lies in plain text for a registry that Keyhold signs in to.'),
    well('registries_conf', 'registries.conf', 'Podman reads its auth files, as it does by default.'),
    well('clock', 'Clock', 'It agrees with your services, within 1 s.'),
    well(
      'sign_in:registry.acme.example',
      'Sign-in to registry.acme.example',
      'A fresh token is accepted, for u_42.',
    ),
  ];
}

/** One that a button mends, one that a command mends, one that only words can help with. */
export const sampleTroubles = {
  password: {
    id: 'password:session:registry.acme.example',
    state: 'broken',
    subject: 'Stored password for registry.acme.example',
    found: 'It lies in plain text in /run/user/1000/containers/auth.json.',
    why: 'Podman, Skopeo and Buildah take it and do not ask Keyhold.',
    mend: { by: 'keyhold', label: 'Remove password' },
  },
  variable: {
    id: 'environment:REGISTRY_AUTH_FILE',
    state: 'broken',
    subject: 'REGISTRY_AUTH_FILE',
    found: 'It is set: Podman, Skopeo and Buildah read /home/ada/ci/auth.json alone.',
    why: 'What Keyhold sets up in /home/ada/.config/containers/auth.json does not count.',
    mend: {
      by: 'person',
      advice:
        'Take it out of your shell’s profile or the desktop’s environment and start Keyhold again. In a terminal that is open:',
      command: 'unset REGISTRY_AUTH_FILE',
    },
  },
  docker: {
    id: 'entry:docker:registry.acme.example',
    state: 'warning',
    subject: 'Docker for registry.acme.example',
    found: 'Not set up in /home/ada/.docker/config.json.',
    why: 'Docker does not ask Keyhold for this registry.',
    mend: { by: 'keyhold', label: 'Set up Docker' },
  },
  service: {
    id: 'sign_in:registry.acme.example',
    state: 'broken',
    subject: 'Sign-in to registry.acme.example',
    found: 'The service did not answer.',
    why: 'It gives nothing to Podman and Docker until it accepts the token.',
    mend: {
      by: 'person',
      advice: 'Check your network and your VPN, then check again.',
      command: null,
    },
  },
} as const satisfies Readonly<Record<string, Finding>>;

/** The findings of a world. What a button mends is well after it. */
export function doctorHandlers(world: World): IpcHandlers['doctor'] {
  return {
    run: () => world.findings,
    mend: ({ id }) => {
      world.findings = world.findings.map((finding) =>
        finding.id === id ? well(id, finding.subject, 'Mended.') : finding,
      );
      return world.findings;
    },
    copyCommand: ({ id }) => {
      const mend = world.findings.find((finding) => finding.id === id)?.mend;
      if (mend?.by !== 'person' || mend.command === null) throw new KeyholdError('nothing_to_copy');
    },
  };
}
