import {
  cliExchangeAnswerSchema,
  cliExchangePath,
  cliExchangeRequestSchema,
} from '../../../contracts/server-api/kisenon/loopback.ts';
import { leastRoleFor } from '../../access/browser-access.ts';
import { exchangeLoginCode } from '../../auth/loopback/exchange.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from './error-responses.ts';

/** The end of a loopback sign-in; it begins at the page `/cli/authorize`. */
export function cliRoutes(app: ZodApp, context: ServerContext): void {
  app.post(
    cliExchangePath,
    {
      config: { access: 'public' },
      schema: {
        summary: 'Get what a person allowed a program, for the code of /cli/authorize',
        description: 'The code works once, within 60 seconds, with the verifier of its challenge (RFC 7636).',
        tags: ['sign-in'],
        body: cliExchangeRequestSchema,
        response: { 200: cliExchangeAnswerSchema, ...errorResponses },
      },
    },
    async (request) => exchangeLoginCode(context, request.body, request.ip, leastRoleFor),
  );
}
