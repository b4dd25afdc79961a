import { tmpdir } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { CallSpec } from '../../../../contracts/ipc/define.ts';
import { ipcContract } from '../../../../contracts/ipc/index.ts';
import { fileLogger } from '../../../../main/adapters/logger.ts';
import { answerCall } from '../../../../main/ipc/answer-call.ts';

const calls = Object.entries(ipcContract.calls).flatMap(([group, specs]) =>
  Object.entries(specs as Record<string, CallSpec>).map(([name, spec]) => ({
    name: `${group}.${name}`,
    spec,
  })),
);

const logger = fileLogger(tmpdir(), 'silent');

/** Makes a call with any request: what its request must look like is proved elsewhere. */
async function make({ name, spec }: (typeof calls)[number], isUnlocked: boolean): Promise<unknown[]> {
  const handler = vi.fn(() => 'answer');
  const open = { ...spec, request: z.unknown(), response: z.unknown() };
  const answer = await answerCall({ name, spec: open, handler, args: [{}], vault: { isUnlocked }, logger });
  return [answer, handler.mock.calls.length];
}

describe('a call needs the unlocked vault unless its declaration says otherwise', () => {
  it('needs nothing for making, opening and mending the vault, and for what ends by itself', () => {
    expect(calls.filter(({ spec }) => spec.needs === 'nothing').map(({ name }) => name)).toEqual([
      'app.info',
      'vault.status',
      'vault.strength',
      'vault.keychain',
      'vault.create',
      'vault.unlock',
      'vault.unlockWithKeychain',
      'vault.recover',
      'vault.lockForecast',
      'vault.lock',
      'prompt.current',
      'backup.cancel',
      'backup.close',
      'rescue.copies',
      'rescue.useCopy',
      'rescue.setAside',
      'rescue.checkAgain',
    ]);
  });

  it.each(calls)('$name', async (call) => {
    const answered = [{ ok: true, value: 'answer' }, 1];
    const refused = [{ ok: false, error: { code: 'vault_locked' } }, 0];
    expect(await make(call, true)).toEqual(answered);
    expect(await make(call, false)).toEqual(call.spec.needs === 'nothing' ? answered : refused);
  });
});
