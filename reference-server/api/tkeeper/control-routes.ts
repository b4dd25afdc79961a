import {
  authConfigPath,
  authConfigSchema,
  controlMePath,
  controlMeSchema,
  devHeader,
} from '../../../contracts/server-api/tkeeper/control.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from './error-form.ts';
import { keeperCallerOf } from './guard.ts';

const tags = ['tkeeper: control plane'];

/** How one signs in to the keeper, and who one is. */
export function controlRoutes(app: ZodApp): void {
  app.get(
    authConfigPath,
    {
      config: { access: { keeper: 'anybody' } },
      schema: {
        summary: 'How to come to a token, and the header for it',
        tags,
        response: { 200: authConfigSchema, ...errorResponses },
      },
    },
    () => ({ id: 'TOKEN' as const, header: devHeader }),
  );

  app.get(
    controlMePath,
    {
      config: { access: { keeper: 'authenticated' } },
      schema: {
        summary: 'Who a token is, and the rules that it has',
        tags,
        response: { 200: controlMeSchema, ...errorResponses },
      },
    },
    (request) => {
      const { subject, actor, permissions } = keeperCallerOf(request);
      return { subject, actor, permissions: [...permissions] };
    },
  );
}
