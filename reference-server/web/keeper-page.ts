import type { FastifyReply, FastifyRequest, preValidationHookHandler } from 'fastify';
import { z } from 'zod';
import type { OperationId } from '../../contracts/permissions/operations.ts';
import { keyAlgorithms } from '../../contracts/server-api/tkeeper/keys.ts';
import type { KeeperCaller } from '../auth/keeper/caller.ts';
import type { KeeperCallers } from '../auth/keeper/callers.ts';
import type { ServerContext } from '../context.ts';
import { KeeperError } from '../http/keeper-error.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { destroyGeneration, generateKey } from '../keeper/lifecycle.ts';
import { operate } from '../keeper/operation.ts';
import type { Asked } from '../keeper/operation.ts';
import { sealKeeper, unsealBy } from '../keeper/seal-operations.ts';
import { redirectDone, redirectWith } from './done-notice.ts';
import { formBody, textField } from './forms.ts';
import { KeeperSessions } from './keeper-sessions.ts';
import { keeperData } from './keeper-view.ts';
import type { KeeperData } from './keeper-view.ts';
import { sendPage } from './send-page.ts';
import { page } from './views.ts';

export const keeperPagePath = '/ui';

const signInView = page<{ kind: 'jwt' | 'dev' | null; warnings: readonly string[] }>('keeper-sign-in');
const view = page<KeeperData & { algorithms: readonly string[] }>('keeper');
/** The keeper knows its own people: whoever is signed in to the server is nobody here. */
const config = { access: { page: 'anybody', pending: true, beforePassword: true } } as const;

type Deed = (asked: (operation: OperationId, keyId?: string) => Asked) => Promise<string>;

/** `/ui`: the keeper for people. They sign in by a token, and see and do what its rules allow. */
export function keeperPage(
  app: ZodApp,
  context: ServerContext,
  callers: KeeperCallers,
  csrf: preValidationHookHandler,
): void {
  const sessions = new KeeperSessions(context, callers);

  app.get(keeperPagePath, { config, schema: { hide: true } }, async (request, reply) => {
    const caller = await sessions.callerOf(request);
    if (caller === null) {
      const kind = context.config.keeper.auth?.type ?? null;
      const data = { title: 'Sign in to the keeper', kind, warnings: callers.warnings };
      return sendPage(context, request, reply, signInView, data);
    }
    const data = await keeperData(context, callers, caller, askedBy(request, caller));
    return sendPage(context, request, reply, view, { title: 'Keeper', ...data, algorithms: keyAlgorithms });
  });

  app.post(
    `${keeperPagePath}/sign-in`,
    { config, schema: { hide: true, body: formBody({ token: textField }) }, preValidation: csrf },
    async (request, reply) => {
      try {
        await sessions.open(request, reply, request.body.token.trim());
        return await reply.redirect(keeperPagePath, 303);
      } catch (error) {
        return refuse(context, reply, error, 'You are not signed in');
      }
    },
  );

  app.post(
    `${keeperPagePath}/sign-out`,
    { config, schema: { hide: true, body: formBody({}) }, preValidation: csrf },
    (request, reply) => {
      sessions.close(request, reply);
      return reply.redirect(keeperPagePath, 303);
    },
  );

  const form = <Fields extends z.core.$ZodShape>(
    path: string,
    fields: Fields,
    deed: (body: z.output<z.ZodObject<Fields>>) => Deed,
  ) => {
    const body = formBody(fields);
    app.post(
      `${keeperPagePath}/${path}`,
      { config, schema: { hide: true, body }, preValidation: csrf },
      async (request, reply) => {
        const caller = await sessions.callerOf(request);
        if (caller === null) return reply.redirect(keeperPagePath, 303);
        try {
          const done = await deed(request.body as z.output<z.ZodObject<Fields>>)(askedBy(request, caller));
          return await redirectDone(context, reply, keeperPagePath, done);
        } catch (error) {
          return refuse(context, reply, error, 'Nothing was done');
        }
      },
    );
  };

  form('unseal', { share: textField }, ({ share }) => async (asked) => {
    const progress = await unsealBy(context, asked('system.unseal'), { payload64: share.trim() });
    const { progress: given, threshold } = progress;
    return progress.ready
      ? 'The keeper is unsealed'
      : `${String(given)} of ${String(threshold)} shares are given`;
  });
  form('seal', {}, () => async (asked) => {
    await sealKeeper(context, asked('system.seal'));
    return 'The keeper is sealed';
  });
  form(
    'generate',
    {
      key_id: textField,
      algorithm: textField,
      authorities: textField,
      mode: z.enum(['CREATE', 'ROTATE', 'REFRESH']),
    },
    ({ key_id: id, algorithm, authorities, mode }) =>
      async (asked) => {
        const { operation, done } = modes[mode];
        const ids = authorities.split(' ').filter((each) => each !== '');
        await operate(context, asked(operation, id), (scope) =>
          generateKey(scope, { keyId: id, algorithm, mode, authorities: ids.map((each) => ({ id: each })) }),
        );
        return `The key ${id} is ${done}`;
      },
  );
  form(
    'destroy',
    { key_id: textField, generation: textField, typed: textField },
    ({ key_id: id, generation, typed }) =>
      async (asked) => {
        const number = /^[1-9]\d{0,8}$/.test(generation) ? Number(generation) : 0;
        await operate(context, asked('key.destroy', id), (scope) => {
          if (typed.trim() !== id) throw new KeeperError('INVALID_KEY_ID', `Type ${id} as it is written.`);
          return destroyGeneration(scope, { keyId: id, generation: number });
        });
        return `Generation ${generation} of the key ${id} is destroyed`;
      },
  );
}

const modes = {
  CREATE: { operation: 'dkg.create', done: 'made' },
  ROTATE: { operation: 'dkg.rotate', done: 'rotated' },
  REFRESH: { operation: 'dkg.refresh', done: 'refreshed' },
} as const;

/** What the keeper is asked by a form or a page. */
function askedBy(request: FastifyRequest, caller: KeeperCaller) {
  const [path = ''] = request.url.split('?');
  const from = { ip: request.ip, method: request.method, path };
  return (operation: OperationId, keyId: string | null = null): Asked => ({ operation, keyId, caller, from });
}

/** Back to the page, which says why. @throws what is no refusal */
function refuse(context: ServerContext, reply: FastifyReply, error: unknown, title: string): FastifyReply {
  if (!(error instanceof KeeperError)) throw error;
  return redirectWith(context, reply, keeperPagePath, {
    tone: 'error',
    title,
    text: error.details ?? error.code,
  });
}
