import { z } from 'zod';
import { accessGrantsSchema } from '../../../../contracts/server-api/index.ts';
import { actionsAnswer, principalAnswer } from './access.ts';

/* All grants of an organization, as clients read them: see `access.ts`. */

const grantAnswer = accessGrantsSchema.shape.grants.element.extend({
  principal: principalAnswer.pick({ reference: true, kind: true, name: true, email: true }),
  actions: actionsAnswer,
});
export type GrantAnswer = z.output<typeof grantAnswer>;

export const grantsAnswer = accessGrantsSchema.extend({ grants: z.array(grantAnswer) });
