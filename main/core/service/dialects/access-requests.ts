import { z } from 'zod';
import {
  accessRequestListSchema,
  accessRequestSchema,
  instantSchema,
} from '../../../../contracts/server-api/index.ts';
import { actionsAnswer, changesAnswer, idAnswer, openName, wordsAnswer } from './access.ts';

/* Requests for access, as clients read them: see `access.ts`. */

const states = accessRequestSchema.shape.state;
const words = wordsAnswer(500);
const givenAnswer = z.object({ actions: actionsAnswer, until: instantSchema.nullable() });

const shape = { id: idAnswer, actions: actionsAnswer, reason: words };
const requestAnswer = accessRequestSchema.extend({
  ...shape,
  /** Null for one that this version does not know. */
  state: openName.transform((state) => states.safeParse(state).data ?? null),
  decided: accessRequestSchema.shape.decided.unwrap().extend({ words: words.nullable() }).nullable(),
});
export type RequestAnswer = z.output<typeof requestAnswer>;

/** What somebody asked for. */
export const askedAnswer = z.object({ id: idAnswer });

export const ownRequestsAnswer = accessRequestListSchema.extend({ requests: z.array(requestAnswer) });

const waitingAnswer = accessRequestSchema.omit({ state: true, decided: true }).extend({
  ...shape,
  /** None where there is none, or this version could not make it. */
  change: z
    .unknown()
    .optional()
    .transform((change) => changesAnswer.parse(change === undefined ? [] : [change]).at(0) ?? null),
  replaces: givenAnswer.nullable().default(null),
});
export type WaitingAnswer = z.output<typeof waitingAnswer>;

export const waitingRequestsAnswer = accessRequestListSchema.extend({ requests: z.array(waitingAnswer) });

/** How many there are on a page. */
export const countedRequestsAnswer = accessRequestListSchema.extend({ requests: z.array(z.unknown()) });
