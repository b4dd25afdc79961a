import { pingPath, pingSchema } from '../../../contracts/server-api/tkeeper/control.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from './error-form.ts';

const tags = ['tkeeper: system'];

/** What state the keeper is in. */
export function systemRoutes(app: ZodApp): void {
  app.get(
    pingPath,
    {
      config: { access: { keeper: 'anybody' } },
      schema: {
        summary: 'Whether the keeper is unsealed',
        tags,
        response: { 200: pingSchema, ...errorResponses },
      },
    },
    () => ({ ready: false }),
  );
}
