import type { FastifyReply, FastifyRequest, preValidationHookHandler } from 'fastify';
import { z } from 'zod';
import { printable } from '../../contracts/domain/printable.ts';
import { userIdSchema } from '../../contracts/server-api/primitives.ts';
import { decisionRequestSchema } from '../../contracts/server-api/kisenon/session.ts';
import { actorOf } from '../access/route-access.ts';
import { decideAccount, undoDecision } from '../auth/account-decisions.ts';
import type { ServerContext } from '../context.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { listDecisions, listPending } from '../identity/accounts.ts';
import { redirectDone } from './done-notice.ts';
import { formBody, readFields, textField, tryForm } from './forms.ts';
import type { Problem } from './forms.ts';
import { listQuery, pagesOf, rowsOfPage } from './list-page.ts';
import { sendPage } from './send-page.ts';
import type { Moment } from './view-helpers.ts';
import { page } from './views.ts';
import { momentOf } from './words.ts';

const operatorPath = '/operator';

interface AccountRow {
  id: string;
  name: string;
  username: string;
  email: string;
  /** Names of the providers that the account signed in by. */
  providers: string;
  since: Moment;
}

interface DecisionRow {
  id: string;
  name: string;
  username: string;
  email: string;
  decision: 'approved' | 'denied';
  by: string;
  at: Moment;
}

interface OperatorData {
  decided: DecisionRow[];
  rows: AccountRow[];
  q: string;
  pages: ReturnType<typeof pagesOf>;
  errors: Problem['errors'];
  /** Of a form that was refused: its dialog, and the note in it. */
  open: string | null;
  note: string;
}

const view = page<OperatorData>('operator', operatorPath);
const config = { access: { page: 'signed-in', may: { server: 'decide-accounts' } } } as const;

/** How many decisions are shown, to be undone. */
const shownDecisions = 20;

/** The decisions, by the end of their address. */
const decisions = {
  approve: {
    decision: 'approved',
    refused: 'The account was not approved',
    text: 'They can use this server now.',
  },
  deny: { decision: 'denied', refused: 'The account was not denied', text: 'They cannot sign in any more.' },
} as const;

/** `/operator`: the accounts that wait for an operator of the server, the decision about each, and the last ones made. */
export function operatorPage(app: ZodApp, context: ServerContext, csrf: preValidationHookHandler): void {
  app.get(operatorPath, { config, schema: { hide: true, querystring: listQuery } }, (request, reply) =>
    sendAccounts(context, request, reply, { query: request.query }),
  );

  for (const [deed, { decision, refused, text }] of Object.entries(decisions)) {
    app.post(
      `${operatorPath}/:user/${deed}`,
      {
        config,
        schema: {
          hide: true,
          params: z.strictObject({ user: userIdSchema }),
          body: formBody({ note: textField }),
        },
        preValidation: csrf,
      },
      async (request, reply) => {
        const { user } = request.params;
        const typed = request.body.note.trim();
        const { problem } = await tryForm(reply, refused, () => {
          const { note } = readFields(decisionRequestSchema, { note: typed });
          return decideAccount(context, user, decision, note, actorOf(request));
        });
        if (problem !== null) {
          return sendAccounts(context, request, reply, { problem, open: `${deed}-${user}`, note: typed });
        }
        return redirectDone(context, reply, operatorPath, `The account is ${decision}`, text);
      },
    );
  }

  app.post(
    `${operatorPath}/:user/undo`,
    {
      config,
      schema: { hide: true, params: z.strictObject({ user: userIdSchema }), body: formBody({}) },
      preValidation: csrf,
    },
    async (request, reply) => {
      const { problem } = await tryForm(reply, 'The decision was not undone', () =>
        undoDecision(context, request.params.user, actorOf(request)),
      );
      if (problem !== null) return sendAccounts(context, request, reply, { problem });
      return redirectDone(context, reply, operatorPath, 'The decision is undone', 'The account waits again.');
    },
  );
}

interface Shown {
  query?: z.output<typeof listQuery>;
  problem?: Problem;
  open?: string;
  note?: string;
}

async function sendAccounts(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  { query = { q: '', after: '' }, problem, open, note = '' }: Shown,
): Promise<FastifyReply> {
  const { accounts, next } = await listPending(context, {
    ...{ limit: rowsOfPage, after: query.after, search: query.q },
  });
  return sendPage(context, request, reply, view, {
    title: 'Accounts',
    notice: problem?.notice ?? null,
    rows: accounts.map(({ user, created_at, providers }) => ({
      id: user.id,
      name: printable(user.display_name),
      username: user.username,
      email: user.email,
      providers: providers.join(', '),
      since: momentOf(created_at, context.now()),
    })),
    ...{ q: query.q, pages: pagesOf(operatorPath, query, next) },
    decided: (await listDecisions(context.db, shownDecisions)).map((row) => ({
      ...{ id: row.id, username: row.username, email: row.email, decision: row.decision },
      name: printable(row.display_name),
      by: row.operator ?? 'somebody who is gone',
      at: momentOf(row.decided_at, context.now()),
    })),
    ...{ errors: problem?.errors ?? {}, open: open ?? null, note },
  });
}
