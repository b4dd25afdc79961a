import type { ReactNode } from 'react';
import type { DiscoveredService, Provider } from '../../../contracts/ipc/contexts.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Code } from '../../ui/code.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { Notice } from '../../ui/notice.tsx';
import css from './token-form.module.css';
import { audienceProblem } from './token-problems.ts';

interface Named extends Pick<DiscoveredService, 'host'> {
  provider: Provider;
}

interface ProviderTermsProps extends Named {
  /** Whom the last token of the context was for; null where that is not known. */
  last: string | null;
}

/** Where one signs in, whom the token is for, and who gets it: what a person agrees to before the browser opens. */
export function ProviderTerms({ host, provider, last }: ProviderTermsProps): ReactNode {
  const elsewhere = hostElsewhere({ host, provider });
  const other = audienceProblem(last, [provider.audience]);
  return (
    <div className="kh-stack" data-gap="3" role="group" aria-label="What the service asks for">
      <div className={css['facts']}>
        <FactList
          facts={[
            { name: 'You sign in at', value: <Code>{provider.host}</Code> },
            { name: 'Token for', value: <Code>{provider.audience}</Code> },
            { name: 'Goes to', value: <Code>{host}</Code> },
          ]}
        />
      </div>
      {elsewhere !== null && (
        <Notice tone="warning" urgent={false} title={`The token names another address: ${elsewhere}`}>
          {host} gets it all the same, and could use it there as you. Go on only if you know that the two
          belong together.
        </Notice>
      )}
      {other !== null && (
        <Notice tone={other.tone} urgent={false} title={other.title}>
          <Breakable>{other.text}</Breakable>
        </Notice>
      )}
    </div>
  );
}

/** The host that an audience names, where that is not the service's own; null also for one that names none. */
export function hostElsewhere({ host, provider: { audience } }: Named): string | null {
  const named = URL.parse(audience)?.host ?? '';
  return named === '' || named === host ? null : named;
}
