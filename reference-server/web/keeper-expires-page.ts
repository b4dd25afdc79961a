import { z } from 'zod';
import type { ServerContext } from '../context.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { listExpires } from '../keeper/expires.ts';
import { askedBy, operate } from '../keeper/operation.ts';
import { keeperPageConfig as config, keeperPagePath, refuse } from './keeper-pages.ts';
import type { KeeperSessions } from './keeper-sessions.ts';
import { pagesOf, rowsOfPage } from './list-page.ts';
import { sendPage } from './send-page.ts';
import type { Moment } from './view-helpers.ts';
import { page } from './views.ts';
import { momentOf } from './words.ts';

const expiresPagePath = `${keeperPagePath}/expires`;

const day = 86_400_000;
/** From when to when, counted from now, in milliseconds. */
const windows = {
  past: { words: 'has ended', from: -Infinity, to: 0 },
  week: { words: 'ends within 7 days', from: 0, to: 7 * day },
  month: { words: 'ends within 30 days', from: 0, to: 30 * day },
  year: { words: 'ends within a year', from: 0, to: 365 * day },
} as const;
const types = { apply: 'Signing and encrypting', process: 'Verifying and decrypting' } as const;

type Window = keyof typeof windows;
type Ends = keyof typeof types;

/** What somebody made up says nothing. */
const querystring = z.object({
  type: z.enum(['apply', 'process']).catch('apply').default('apply'),
  window: z.enum(['past', 'week', 'month', 'year']).catch('month').default('month'),
  after: z.string().max(300).catch('').default(''),
});

interface ExpiresData {
  subject: string;
  warnings: readonly string[];
  type: Ends;
  window: Window;
  types: readonly (readonly [string, string])[];
  windows: readonly (readonly [string, string])[];
  /** What is asked for, as a sentence begins. */
  asked: string;
  rows: { id: string; generation: number; ends: Moment }[];
  paging: { first?: string; next?: string };
}

const view = page<ExpiresData>('keeper-expires');

/** `/ui/expires`: keys whose policy ends in a time, the soonest first. */
export function keeperExpiresPage(app: ZodApp, context: ServerContext, sessions: KeeperSessions): void {
  app.get(expiresPagePath, { config, schema: { hide: true, querystring } }, async (request, reply) => {
    const caller = await sessions.callerOf(request);
    if (caller === null) return reply.redirect(keeperPagePath, 303);
    const { type, window, after } = request.query;
    const { from, to, words } = windows[window];
    try {
      const { items, next } = await operate(context, askedBy(request, caller)('expired.view'), (scope) => {
        const now = scope.now.getTime();
        const ending = { type, from: Math.max(0, now + from), to: now + to };
        return listExpires(scope, ending, { limit: rowsOfPage, ...(after !== '' && { cursor: after }) });
      });
      return await sendPage(context, request, reply, view, {
        ...{ title: 'When keys end', subject: caller.subject, warnings: sessions.warnings, type, window },
        types: Object.entries(types),
        windows: Object.entries(windows).map(([id, each]) => [id, each.words] as const),
        asked: `${types[type]} ${words}`,
        rows: items.map(({ logicalId: id, generation, expiresAt }) => {
          const ends = momentOf(new Date(expiresAt).toISOString(), context.now());
          return { id, generation, ends };
        }),
        paging: pagesOf(expiresPagePath, { q: '', after, type, window }, next ?? undefined),
      });
    } catch (error) {
      return refuse(context, reply, error, 'That is not shown');
    }
  });
}
