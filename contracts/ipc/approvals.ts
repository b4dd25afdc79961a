import { z } from 'zod';
import {
  approvalQuestionSchema,
  approvalRuleSchema,
  rememberSchema,
  verdictSchema,
} from '../domain/approval.ts';
import { call } from './define.ts';

/** The answers that were remembered, for the app's window. */
export const approvalsCalls = {
  rules: call({ request: z.undefined(), response: z.array(approvalRuleSchema) }),
  /** Does nothing for a rule that is gone. Main asks first where that lets a program use what it was denied. */
  remove: call({
    request: z.strictObject({ ruleId: z.uuid() }),
    response: z.undefined(),
    errors: ['not_confirmed'],
  }),
};

/** The approval window's calls: it may make these and no others, and no other window may make them. */
export const promptCalls = {
  /** The question that waits longest; null when none waits. `more`: how many wait beside it. */
  current: call({
    needs: 'nothing',
    request: z.undefined(),
    response: z.strictObject({
      question: approvalQuestionSchema.nullable(),
      more: z.number().int().nonnegative(),
    }),
  }),
  /** Does nothing for a question that is over. */
  answer: call({
    request: z.strictObject({ questionId: z.uuid(), verdict: verdictSchema, remember: rememberSchema }),
    response: z.undefined(),
  }),
};
