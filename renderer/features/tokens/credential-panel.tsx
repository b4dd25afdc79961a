import type { ReactNode } from 'react';
import { keeperField, type ClientForm, type SecretField } from '../../../contracts/domain/client-line.ts';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { ClientLines } from '../../ui/client-lines.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Card, Section } from '../../ui/page.tsx';

interface Words {
  title: string;
  says: string;
  copy: string;
  placeholder: string;
  field?: SecretField;
}

function wordsOf({ credential, name, serviceName, endsAt }: ContextSummary): Words {
  if (credential === 'api-key') {
    const says = `${name} signs in with an API key. Whoever has it can do at ${serviceName} what the key may, until it ends or is revoked.`;
    return { title: 'API key', says, copy: 'Copy API key', placeholder: 'nsk_…' };
  }
  if (credential === 'pasted') {
    // A JWT says when it ends; the token of a dev server never does.
    const says =
      endsAt === null
        ? `${name} signs in with the dev token of ${serviceName}. Whoever has it can do there what its dev config file says, for as long as that file names it.`
        : `${name} signs in with a token that was made elsewhere. Whoever has it can do at ${serviceName} what you can, until it ends.`;
    return {
      ...{ title: 'Token', says, copy: 'Copy token' },
      ...{
        placeholder: endsAt === null ? '…' : 'eyJ…',
        field: keeperField(endsAt === null ? 'dev-token' : 'jwt'),
      },
    };
  }
  const says = `${name} signs in with a session. Each copy is a token that ends within 15 minutes; whoever has it can do at ${serviceName} what you can, until then.`;
  return { title: 'Session', says, copy: 'Copy token', placeholder: 'eyJ…' };
}

/** What signs in a context that mints no tokens, ready for other programs. It is copied by main, and shown nowhere. */
export function CredentialPanel({ context }: { context: ContextSummary }): ReactNode {
  const { title, says, copy: label, ...lines } = wordsOf(context);
  const copy = (form: ClientForm): Promise<{ clearsAt: string }> =>
    valueOf(keyhold().tokens.copyCredential({ contextId: context.id, form }));
  return (
    <Section title={title}>
      <Card>
        <div className="kh-stack">
          <p>{says}</p>
          <p className="kh-dim">
            How long a token lives can be chosen only where a context has a key pair of its own.
          </p>
          <div className="kh-row">
            <CopyButton label={label} kind="primary" copy={() => copy('raw')} />
          </div>
          <ClientLines origin={context.origin} copy={copy} {...lines} />
        </div>
      </Card>
    </Section>
  );
}
