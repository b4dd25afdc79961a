import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecretClipboard } from '../../../../main/core/clipboard/secret-clipboard.ts';
import type { Logger } from '../../../../main/core/ports.ts';
import { ManualClock } from '../signin/manual-clock.ts';
import { signInParts } from '../signin/sign-in-parts.ts';
import type { SignInParts } from '../signin/sign-in-parts.ts';
import { TestClipboard } from './test-clipboard.ts';

/** Lets what was begun in the background end: it waits for nothing but promises. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

let clock: ManualClock;
let parts: SignInParts;
let board: TestClipboard;
let errors: string[];
let secrets: SecretClipboard;
let seconds: number;

beforeEach(async () => {
  clock = new ManualClock(new Date('2026-11-24T12:00:00.000Z'));
  parts = await signInParts(clock);
  board = new TestClipboard();
  errors = [];
  seconds = 30;
  const logger: Logger = {
    info: () => undefined,
    warn: () => undefined,
    error: (event) => errors.push(event),
  };
  secrets = new SecretClipboard({
    clipboard: board,
    clock,
    vault: parts.vault,
    logger,
    seconds: () => seconds,
  });
});
afterEach(async () => {
  await parts.dispose();
});

describe('a copied secret', () => {
  it('stays as long as the settings say when it is copied', async () => {
    seconds = 300;
    expect(await secrets.copy('s3cret')).toEqual({ clearsAt: '2026-11-24T12:05:00.000Z' });
    seconds = 10;
    clock.advance(299_999);
    await settled();
    expect(board.content).toBe('s3cret');
    clock.advance(1);
    await settled();
    expect(board.content).toBe('');
  });

  it('stays on the clipboard for 30 seconds', async () => {
    expect(await secrets.copy('s3cret')).toEqual({ clearsAt: '2026-11-24T12:00:30.000Z' });
    clock.advance(29_999);
    expect(board.content).toBe('s3cret');
    clock.advance(1);
    await settled();
    expect(board.content).toBe('');
  });

  it('is not taken off when something else was copied since', async () => {
    await secrets.copy('s3cret');
    board.content = 'a shopping list';
    clock.advance(30_000);
    await settled();
    expect(board.content).toBe('a shopping list');
  });

  it('gives the next one its whole time', async () => {
    await secrets.copy('first');
    clock.advance(20_000);
    await secrets.copy('second');
    clock.advance(20_000);
    expect(board.content).toBe('second');
    expect(clock.pending).toBe(1);
    clock.advance(10_000);
    await settled();
    expect(board.content).toBe('');
  });

  it('is taken off when the vault is locked', async () => {
    await secrets.copy('s3cret');
    parts.vault.lock();
    await settled();
    expect(board.content).toBe('');
    expect(clock.pending).toBe(0);
  });

  it('is taken off on request, once', async () => {
    await secrets.copy('s3cret');
    await secrets.clearIfOurs();
    expect(board.content).toBe('');
    board.content = 's3cret';
    await secrets.clearIfOurs();
    expect(board.content).toBe('s3cret');
  });

  it('survives being copied while an older one is taken off', async () => {
    await secrets.copy('first');
    const clearing = secrets.clearIfOurs();
    await secrets.copy('second');
    await clearing;
    expect(board.content).toBe('second');
    expect(clock.pending).toBe(1);
  });

  it('whose removal fails is reported, without the secret', async () => {
    await secrets.copy('s3cret');
    board.read = () => Promise.reject(new Error('no clipboard'));
    clock.advance(30_000);
    await settled();
    expect(errors).toEqual(['clipboard.clear_failed']);
  });
});
