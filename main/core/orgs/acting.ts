import type { Acting } from '../../../contracts/domain/acting.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import { orgPath, whoamiPath } from '../../../contracts/server-api/index.ts';
import { actingAnswer, organizationAnswer, type ActingAnswer } from '../service/dialects/kisenon.ts';
import type { ServiceCalls } from '../service/service-calls.ts';

/** Who a context is to its service, and in which organization it acts. @throws KeyholdError as `ServiceCalls.ask`. */
export async function askActing(service: ServiceCalls, contextId: string): Promise<Acting> {
  const who = await service.ask(contextId, { method: 'GET', path: whoamiPath }, actingAnswer);
  return {
    userId: who.user?.id ?? null,
    org: who.org === null ? null : await askOrg(service, contextId, who.org),
    role: who.role,
    operator: who.operator ?? false,
    key: keyOf(who.auth),
  };
}

/** Its name, which an API key for projects or branches may not see. */
async function askOrg(service: ServiceCalls, contextId: string, slug: string): Promise<Acting['org']> {
  try {
    const { name, kind } = await service.ask(
      contextId,
      { method: 'GET', path: orgPath(slug) },
      organizationAnswer,
    );
    return { slug, name, kind };
  } catch (error) {
    if (error instanceof KeyholdError && notSeen.has(error.code)) return { slug, name: slug, kind: null };
    throw error;
  }
}

const notSeen: ReadonlySet<string> = new Set(['beyond_scope', 'beyond_capability', 'not_allowed']);

/** `scopes` of an API key: its capability, then what it is for, such as `project:prj_…`. */
function keyOf({
  method,
  scopes: [capability = '', target = 'org:'],
  inert,
}: ActingAnswer['auth']): Acting['key'] {
  if (method !== 'api-key') return null;
  const kind = target.split(':')[0];
  const scope = kind === 'project' || kind === 'branch' ? kind : 'org';
  return { capability, scope, inert: inert ?? false };
}
