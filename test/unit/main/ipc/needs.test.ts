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
      'app.noteUnsaved',
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

describe('a call that the vault was locked under', () => {
  it.each([
    ['unlocked', { ok: false, error: { code: 'vault_locked' } }],
    ['nothing', { ok: true, value: 'what the vault holds' }],
  ] as const)('that needs %s', async (needs, answer) => {
    const vault = { isUnlocked: true };
    const handler = async (): Promise<string> => {
      await Promise.resolve();
      vault.isUnlocked = false;
      return 'what the vault holds';
    };
    const spec: CallSpec = {
      ...{ needs, request: z.undefined(), response: z.string(), errors: ['vault_locked'], verbatim: [] },
    };
    expect(await answerCall({ name: 'contexts.status', spec, handler, args: [], vault, logger })).toEqual(
      answer,
    );
  });
});
