import type { JSONReport } from '@playwright/test/reporter';
import type { JsonTestResults } from 'vitest/node';
import { describe, expect, it } from 'vitest';
import { playwrightResult, readReport, vitestResult } from '../../../scripts/test-results.ts';

/** As Vitest writes it, but for what nobody reads. */
function vitestReport(over: Partial<JsonTestResults>): JsonTestResults {
  const counts = { numPassedTests: 4, numFailedTests: 0, numPendingTests: 1 };
  return { success: true, testResults: [], ...counts, ...over } as unknown as JsonTestResults;
}

const vitestFile = (over: object) => ({ name: 'keys.test.ts', status: 'failed', message: '', ...over });

function playwrightReport(statuses: readonly string[], errors: object[] = []): JSONReport {
  const results = [{}, { error: { message: '\u001b[31mTimeout\u001b[39m of 30 s\n  at line 3' } }];
  const specs = statuses.map((status) => ({ title: `is ${status}`, tests: [{ status, results }] }));
  const suites = [{ file: 'keys.spec.ts', specs: [], suites: [{ file: 'keys.spec.ts', specs }] }];
  return { suites, errors, stats: { expected: 3, skipped: 2 } } as unknown as JSONReport;
}

describe('the results of the test run', () => {
  it('name each test of Vitest that failed', () => {
    const assertionResults = [
      { status: 'passed', fullName: 'keys are listed' },
      { status: 'failed', fullName: 'keys are made', failureMessages: ['expected 1 to be 2\n at x'] },
    ];
    const testResults = [vitestFile({ assertionResults })] as never;
    expect(vitestResult(vitestReport({ success: false, testResults }))).toEqual({
      ...{ passed: 4, failed: 1, skipped: 1 },
      failures: ['keys.test.ts: keys are made: expected 1 to be 2'],
    });
  });

  it('count a file that could not be read', () => {
    const testResults = [vitestFile({ assertionResults: [], message: 'no such import' })] as never;
    const { failures } = vitestResult(vitestReport({ success: false, testResults }));
    expect(failures).toEqual(['keys.test.ts: no such import']);
  });

  it('count what failed between the tests', () => {
    expect(vitestResult(vitestReport({ success: false })).failed).toBe(1);
    expect(vitestResult(vitestReport({})).failed).toBe(0);
  });

  it('name what failed with Playwright, at a first try too', () => {
    const { passed, failed, skipped, failures } = playwrightResult(
      playwrightReport(['expected', 'unexpected', 'flaky'], [{ message: 'no browser' }]),
    );
    expect({ passed, failed, skipped }).toEqual({ passed: 3, failed: 3, skipped: 2 });
    expect(failures).toEqual([
      'keys.spec.ts: is unexpected: Timeout of 30 s',
      'keys.spec.ts: is flaky: Timeout of 30 s',
      'Playwright: no browser',
    ]);
  });

  it('count a runner without a report as failed', () => {
    expect(readReport('/nowhere/vitest.json', vitestResult).failed).toBe(1);
  });
});
