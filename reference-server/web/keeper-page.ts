import type { preValidationHookHandler } from 'fastify';
import { z } from 'zod';
import { keyIdMax, keyIdPattern } from '../../contracts/permissions/operations.ts';
import type { OperationId } from '../../contracts/permissions/operations.ts';
import { keyAlgorithms } from '../../contracts/server-api/tkeeper/keys.ts';
import type { KeeperCallers } from '../auth/keeper/callers.ts';
import type { Providers } from '../auth/oidc/providers.ts';
import type { ServerContext } from '../context.ts';
import { KeeperError } from '../http/keeper-error.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { destroyGeneration, generateKey, operationOf } from '../keeper/lifecycle.ts';
import { askedBy, operate } from '../keeper/operation.ts';
import type { Asked } from '../keeper/operation.ts';
import { sealKeeper, unsealBy } from '../keeper/seal-operations.ts';
import { redirectDone } from './done-notice.ts';
import { formBody, textField } from './forms.ts';
import { KeeperSessions } from './keeper-sessions.ts';
import { keeperExpiresPage } from './keeper-expires-page.ts';
import {
  keeperPageConfig as config,
  keeperPagePath,
  refuse,
  refuseEnded,
  sendKeeperSignIn,
  sessionEnded,
} from './keeper-pages.ts';
import { keeperSignIn } from './keeper-sign-in.ts';
import { keeperData } from './keeper-view.ts';
import type { KeeperData } from './keeper-view.ts';
import { sendPage } from './send-page.ts';
import { page } from './views.ts';

const view = page<KeeperData & { algorithms: readonly string[] }>('keeper');

/** An address that somebody made up shows the first page. */
const querystring = z.object({ after: z.string().max(keyIdMax).regex(keyIdPattern).catch('').default('') });

type Deed = (asked: (operation: OperationId, keyId?: string) => Asked) => Promise<string>;

/** `/ui`: the keeper for people. They sign in by a token, and see and do what its rules allow. */
export function keeperPage(
  app: ZodApp,
  context: ServerContext,
  { callers, providers }: { callers: KeeperCallers; providers: Providers },
  csrf: preValidationHookHandler,
): void {
  const sessions = new KeeperSessions(context, callers);
  keeperSignIn(app, { context, providers, sessions }, csrf);
  keeperExpiresPage(app, context, sessions);

  app.get(keeperPagePath, { config, schema: { hide: true, querystring } }, async (request, reply) => {
    const caller = await sessions.callerOf(request);
    if (caller === null) {
      const notice = sessions.takeEnded(request, reply) ? sessionEnded : null;
      return sendKeeperSignIn(context, sessions.warnings, request, reply, notice);
    }
    const { after } = request.query;
    const data = await keeperData(context, sessions.warnings, { caller, after }, askedBy(request, caller));
    return sendPage(context, request, reply, view, { title: 'Keeper', ...data, algorithms: keyAlgorithms });
  });

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
        if (caller === null) {
          sessions.close(request, reply);
          return refuseEnded(context, reply);
        }
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
        const ids = authorities.split(' ').filter((each) => each !== '');
        await operate(context, asked(operationOf[mode], id), (scope) =>
          generateKey(scope, { keyId: id, algorithm, mode, authorities: ids.map((each) => ({ id: each })) }),
        );
        return `The key ${id} is ${doneWords[mode]}`;
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

const doneWords = { CREATE: 'made', ROTATE: 'rotated', REFRESH: 'refreshed' } as const;
