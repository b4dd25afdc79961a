import type { ReactNode } from 'react';
import type { Answer } from '../../lib/api.ts';
import { Badge } from '../../ui/badge.tsx';
import { Code } from '../../ui/code.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { clientFileNames, registryClients } from './client-words.ts';
import { PathNotice } from './path-notice.tsx';
import css from './registries.module.css';

type Registries = Answer<'registries', 'list'>;
type Agent = Registries['agent'];

const agentProblems: Readonly<Record<NonNullable<Agent['problem']>, { title: string; cure: string }>> = {
  in_use: {
    title: 'Another program listens in Keyhold’s place',
    cure: 'Close the other Keyhold, or whatever else uses the socket below. The agent then starts by itself.',
  },
  not_a_socket: {
    title: 'Something else lies where the agent’s socket belongs',
    cure: 'Move away what lies at the path below. The agent then starts by itself.',
  },
  path_too_long: {
    title: 'The path of the agent’s socket is too long for this system',
    cure: 'It is in your home folder: use Keyhold as a user whose home folder has a shorter path.',
  },
  failed: {
    title: 'The agent could not start',
    cure: 'Make sure that you may make and write the folder of the socket below. The agent then starts by itself.',
  },
};

const helperStates = {
  current: { tone: 'good', words: 'Installed' },
  stale: { tone: 'error', words: 'Changed' },
  missing: { tone: 'neutral', words: 'Not installed yet' },
} as const;

interface HelperPanelProps {
  list: Pick<Registries, 'helper' | 'agent' | 'files'>;
}

/** The parts that answer Podman and Docker: the helper program it starts and the agent in this app that the program asks. */
export function HelperPanel({ list: { helper, agent, files } }: HelperPanelProps): ReactNode {
  const problem = agent.problem === null ? null : agentProblems[agent.problem];
  const state = helperStates[helper.state];
  return (
    <div className="kh-stack" data-gap="3">
      {problem !== null && (
        <Notice tone="error" title={problem.title}>
          {problem.cure} Until then Podman and Docker get no credentials.
        </Notice>
      )}
      {helper.state === 'stale' && (
        <Notice tone="warning" title="The helper program was changed, or is from another version of Keyhold">
          Podman and Docker start it for each sign-in. The Doctor puts Keyhold’s own in its place.
        </Notice>
      )}
      {helper.state !== 'missing' && !helper.onPath && <PathNotice helperPath={helper.path} />}
      <Card>
        <FactList
          facts={[
            {
              name: 'Agent',
              value: (
                <span className={css['part']}>
                  <Badge tone={agent.listening ? 'good' : 'error'}>
                    {agent.listening ? 'Listening' : 'Not listening'}
                  </Badge>
                  <Code>{agent.socket}</Code>
                </span>
              ),
            },
            {
              name: 'Helper program',
              value: (
                <span className={css['part']}>
                  <Badge tone={state.tone}>{state.words}</Badge>
                  <Code>{helper.path}</Code>
                </span>
              ),
            },
            ...registryClients.map((client) => ({
              name: clientFileNames[client],
              value: <Code>{files[client]}</Code>,
            })),
          ]}
        />
      </Card>
    </div>
  );
}
