import * as fc from 'fast-check';
import { it } from 'vitest';
import {
  checkAnalysis,
  checkDecision,
  checkEffects,
  checkRefusals,
  decisionCases,
  keeperCases,
  refusalCases,
} from './checks.ts';

/** A million each in `npm run soak -- permission-rules`. */
const runs = { numRuns: 10_000 };

it('decides as the oracle does, by the same rule; order grants nothing, nor do more denies and fewer allows', () => {
  fc.assert(fc.property(decisionCases, checkDecision), runs);
});

it('refuses what the oracle refuses, at the same place', () => {
  fc.assert(fc.property(refusalCases, checkRefusals), runs);
});

it('says of rules what trying all permissions says', () => {
  fc.assert(fc.property(keeperCases, checkAnalysis), runs);
});

it('tells effects and reach as asking for each operation on each key does', () => {
  fc.assert(fc.property(keeperCases, checkEffects), runs);
});
