import { apiErrorBodySchema } from '../../../contracts/server-api/errors.ts';

/** Every route's answers to refused and failed requests. */
export const errorResponses = { '4xx': apiErrorBodySchema, '5xx': apiErrorBodySchema } as const;
