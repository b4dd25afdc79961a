import * as checks from '../unit/permissions/checks.ts';
import { runCases } from './run-cases.ts';
import type { SoakPart } from './tally.ts';

/** Random rules: decisions, refusals, analysis and effects are those of a naive second implementation. */
export const permissionRules: SoakPart = {
  name: 'permission-rules',
  count: 1_000_000,
  run: async (count, tally) => {
    const quarter = (at: number): number => Math.floor((count + at) / 4);
    await runCases({ count: quarter(0), tally }, checks.decisionCases, checks.checkDecision);
    await runCases({ count: quarter(1), tally }, checks.refusalCases, checks.checkRefusals);
    await runCases({ count: quarter(2), tally }, checks.keeperCases, checks.checkAnalysis);
    await runCases({ count: quarter(3), tally }, checks.keeperCases, checks.checkEffects);
  },
};
