import type { RegistryOverview } from '../core/registries/registry-service.ts';
import type { AgentState } from './agent-server.ts';

/** One thing that sign-in from other programs needs. */
export interface Finding {
  ok: boolean;
  subject: string;
  state: string;
  /** What to do; null when all is well. */
  cure: string | null;
}

const helperCures = {
  missing: 'Set a registry up on the Registries page of Keyhold: that puts the helper there.',
  stale: 'Restart Keyhold: it brings the helper up to date at its start.',
} as const;

const podmanCures = {
  none: 'Choose “Set up” for it on the Registries page of Keyhold.',
  other: 'Take its entry out of credHelpers in the auth file, then set it up in Keyhold.',
  unreadable: 'The auth file is not valid JSON: repair it, or move it away.',
} as const;

/** How the set-up stands: the agent, the helper and each registry's entry. */
export function setUpFindings(overview: RegistryOverview, agent: AgentState): Finding[] {
  const { helper, registries } = overview;
  return [
    finding('Agent', agent.listening ? null : 'Restart Keyhold.', agent.socket),
    finding(
      'Helper',
      helper.state === 'current' ? null : helperCures[helper.state],
      `${helper.path} (${helper.state})`,
    ),
    finding(
      'PATH',
      helper.onPath
        ? null
        : 'Add the folder to PATH in your shell’s profile and sign in to the desktop again.',
      helper.onPath ? 'has the helper’s folder' : 'lacks the helper’s folder',
    ),
    ...registries
      .filter(({ answers }) => answers)
      .map(({ host, podman }) =>
        finding(host, podman === 'keyhold' ? null : podmanCures[podman], `Podman’s entry: ${podman}`),
      ),
  ];
}

function finding(subject: string, cure: string | null, state: string): Finding {
  return { ok: cure === null, subject, state, cure };
}
