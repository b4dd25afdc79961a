import type { ReactNode } from 'react';
import type { ClientForm } from '../../../contracts/domain/client-line.ts';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { ClientLines } from '../../ui/client-lines.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Card, Section } from '../../ui/page.tsx';

/** What signs in a context that mints no tokens, ready for other programs. It is copied by main, and shown nowhere. */
export function CredentialPanel({ context }: { context: ContextSummary }): ReactNode {
  const isKey = context.credential === 'api-key';
  const copy = (form: ClientForm): Promise<{ clearsAt: string }> =>
    valueOf(keyhold().tokens.copyCredential({ contextId: context.id, form }));
  return (
    <Section title={isKey ? 'API key' : 'Session'}>
      <Card>
        <div className="kh-stack">
          <p>
            {isKey
              ? `${context.name} signs in with an API key. Whoever has it can do at ${context.serviceName} what the key may, until it ends or is revoked.`
              : `${context.name} signs in with a session. Each copy is a token that ends within 15 minutes; whoever has it can do at ${context.serviceName} what you can, until then.`}
          </p>
          <p className="kh-dim">
            How long a token lives can be chosen only where a context has a key pair of its own.
          </p>
          <div className="kh-row">
            <CopyButton
              label={isKey ? 'Copy API key' : 'Copy token'}
              kind="primary"
              copy={() => copy('raw')}
            />
          </div>
          <ClientLines origin={context.origin} placeholder={isKey ? 'nsk_…' : 'eyJ…'} copy={copy} />
        </div>
      </Card>
    </Section>
  );
}
