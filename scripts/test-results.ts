import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import type { JSONReport, JSONReportSuite } from '@playwright/test/reporter';
import type { JsonTestResults } from 'vitest/node';

/** How a runner's tests ended. A failure is a line: the file, the test, the first line of what went wrong. */
export interface TestResult {
  passed: number;
  failed: number;
  skipped: number;
  failures: string[];
}

/** A runner that left no report that can be read has failed as a whole. */
export function readReport<Report>(file: string, resultOf: (report: Report) => TestResult): TestResult {
  try {
    return resultOf(JSON.parse(readFileSync(file, 'utf8')) as Report);
  } catch {
    const failures = [`no report in ${file}: the run broke off`];
    return { passed: 0, failed: 1, skipped: 0, failures };
  }
}

/** @param report - of Vitest's reporter `json`; a file that could not be read at all, or an error between the tests, counts as one failure */
export function vitestResult(report: JsonTestResults): TestResult {
  const failures = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((each) => each.status === 'failed');
    if (status === 'failed' && failed.length === 0) return [lineOf(name, '', message)];
    return failed.map(({ fullName, failureMessages }) => lineOf(name, fullName, failureMessages?.[0]));
  });
  if (failures.length === 0 && !report.success) failures.push('Vitest: something failed between the tests');
  return {
    passed: report.numPassedTests,
    failed: failures.length,
    skipped: report.numPendingTests,
    failures,
  };
}

/** @param report - of Playwright's reporter `json`; a test that passed at a later try has failed */
export function playwrightResult(report: JSONReport): TestResult {
  const { expected, skipped } = report.stats;
  const failures = [
    ...report.suites.flatMap(failuresIn),
    ...report.errors.map(({ message }) => lineOf('Playwright', '', message)),
  ];
  return { passed: expected, failed: failures.length, skipped, failures };
}

function failuresIn({ file, specs, suites = [] }: JSONReportSuite): string[] {
  return [
    ...specs.flatMap(({ title, tests }) =>
      tests
        .filter(({ status }) => status === 'unexpected' || status === 'flaky')
        .map(({ results }) =>
          lineOf(file, title, results.find(({ error }) => error !== undefined)?.error?.message),
        ),
    ),
    ...suites.flatMap(failuresIn),
  ];
}

function lineOf(file: string, title: string, message = ''): string {
  const [first = ''] = stripVTControlCharacters(message).trim().split('\n');
  return [file, title, first].filter((part) => part !== '').join(': ');
}
