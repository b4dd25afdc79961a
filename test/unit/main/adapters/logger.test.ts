import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileLogger } from '../../../../main/adapters/logger.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyhold-log-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The log's lines once there are `count` of them: the log is opened in the background. */
async function lines(count: number): Promise<Record<string, unknown>[]> {
  const path = join(folder, 'logs', 'keyhold.log');
  const read = (): string[] => readFileSync(path, 'utf8').trimEnd().split('\n');
  await expect.poll(() => (existsSync(path) ? read().length : 0)).toBeGreaterThanOrEqual(count);
  return read().map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log', () => {
  it('has a line of JSON for each event, in order, and belongs to the user alone', async () => {
    const logger = fileLogger(folder, 'info');
    logger.info('first', { count: 1 });
    logger.warn('second');
    logger.error('third', new TypeError('went wrong'));
    expect(await lines(3)).toMatchObject([
      { level: 30, msg: 'first', count: 1 },
      { level: 40, msg: 'second' },
      { level: 50, msg: 'third', error: { name: 'TypeError', message: 'went wrong' } },
    ]);
    expect(statSync(join(folder, 'logs', 'keyhold.log')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'logs')).mode & 0o777).toBe(0o700);
  });

  it('is added to by the next start', async () => {
    fileLogger(folder, 'info').info('first start');
    await lines(1);
    fileLogger(folder, 'info').info('second start');
    expect((await lines(2)).map((line) => line['msg'])).toEqual(['first start', 'second start']);
  });

  it('leaves out what is below its level', async () => {
    const logger = fileLogger(folder, 'warn');
    logger.info('quiet');
    logger.warn('loud');
    expect((await lines(1)).map((line) => line['msg'])).toEqual(['loud']);
  });

  it('hides fields with the name of a secret, and tokens in the texts of errors', async () => {
    const token = 'eyJhbGciOiJFZDI1NTE5In0.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl';
    const logger = fileLogger(folder, 'info');
    logger.info('careless', { passphrase: 'correct horse', token, host: 'registry.example' });
    logger.error('foreign', new Error(`refused ${token}`, { cause: new Error(`sent ${token}`) }));
    logger.error('odd', `not an error ${token}`);
    const text = JSON.stringify(await lines(3));
    expect(text).not.toContain('correct horse');
    expect(text).not.toContain('eyJ');
    expect(text).toContain('registry.example');
    expect(text).toContain('refused [hidden]');
  });

  it('is not made before the first line, or ever when it is silent', () => {
    fileLogger(folder, 'info');
    fileLogger(folder, 'silent').error('unheard', new Error('unheard'));
    expect(existsSync(join(folder, 'logs'))).toBe(false);
  });

  it('does not disturb the app when it cannot be written', async () => {
    writeFileSync(join(folder, 'logs'), 'a file where the folder should be');
    const logger = fileLogger(folder, 'info');
    logger.info('first');
    // What the logger loads first; then it has gone on.
    await import('pino');
    await setImmediate();
    logger.info('second');
    expect(readFileSync(join(folder, 'logs'), 'utf8')).toBe('a file where the folder should be');
  });
});
