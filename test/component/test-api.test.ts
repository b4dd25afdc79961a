import { describe, expect, it } from 'vitest';
import { KeyholdError, type ErrorCode } from '../../contracts/errors.ts';
import { ipcContract } from '../../contracts/ipc/index.ts';
import { sampleContext, sampleWait } from '../support/samples.ts';
import { createTestApi } from '../support/test-api.ts';

describe('test double of the main process', () => {
  it('has every call and every event of the contract', () => {
    const { api } = createTestApi();
    for (const [group, calls] of Object.entries(ipcContract.calls)) {
      expect(Object.keys(api[group as keyof typeof ipcContract.calls])).toEqual(Object.keys(calls));
    }
    expect(Object.keys(api.on)).toEqual(Object.keys(ipcContract.events));
  });

  it.each([
    ['a wrong type', { passphrase: 12 }, 'passphrase'],
    ['a missing field', {}, 'passphrase'],
    ['a text beyond its limit', { passphrase: 'x'.repeat(1025) }, 'passphrase'],
  ])('refuses a request with %s as main does', async (_case, request, field) => {
    const { api } = createTestApi({ overrides: { vault: { unlock: () => undefined } } });
    await expect(api.vault.unlock(request as never)).resolves.toEqual({
      ok: false,
      error: { code: 'invalid_request', details: { field } },
    });
  });

  it('refuses fields that the contract does not know', async () => {
    const { api } = createTestApi({ overrides: { vault: { unlock: () => undefined } } });
    const request = { passphrase: 'x', remember: true };
    await expect(api.vault.unlock(request)).resolves.toEqual({
      ok: false,
      error: { code: 'invalid_request' },
    });
  });

  it('answers what the handler gives, as a copy', async () => {
    const context = sampleContext();
    const { api } = createTestApi({ overrides: { contexts: { list: () => [context] } } });
    const result = await api.contexts.list();
    expect(result).toEqual({ ok: true, value: [context] });
    expect(result.ok && result.value[0]).not.toBe(context);
  });

  it('breaks the test when a handler answers against the contract', async () => {
    const wrong = { ...sampleContext(), maxTokenTtl: 'long' };
    const { api } = createTestApi({ overrides: { contexts: { list: () => [wrong as never] } } });
    await expect(api.contexts.list()).rejects.toThrow(/contexts\.list answered against the contract/);
  });

  it('answers declared failures, and breaks the test on others', async () => {
    const failing = (code: ErrorCode) => () => {
      throw new KeyholdError(code, { retryAfterMs: 5 });
    };
    const declared = createTestApi({ overrides: { vault: { unlock: failing('wrong_passphrase') } } });
    await expect(declared.api.vault.unlock({ passphrase: 'x' })).resolves.toEqual({
      ok: false,
      error: { code: 'wrong_passphrase', details: { retryAfterMs: 5 } },
    });
    const other = createTestApi({ overrides: { vault: { unlock: failing('no_registry') } } });
    await expect(other.api.vault.unlock({ passphrase: 'x' })).rejects.toThrow(/contract does not name/);
  });

  it('breaks the test on a call that it was given no handler for', async () => {
    const { api, calls } = createTestApi();
    await expect(api.vault.lock({ by: 'click' })).rejects.toThrow(
      'the test did not expect a call of vault.lock',
    );
    expect(calls).toEqual([{ call: 'vault.lock', request: { by: 'click' } }]);
  });

  it('sends events to who listens, checked, and no longer once they stop', () => {
    const { api, emit } = createTestApi();
    const heard: unknown[] = [];
    const stop = api.on.waitChanged((state) => heard.push(state.phase));
    emit('waitChanged', sampleWait());
    expect(() => {
      emit('waitChanged', { ...sampleWait(), phase: 'bored' as never });
    }).toThrow();
    stop();
    emit('waitChanged', sampleWait());
    expect(heard).toEqual(['waiting']);
  });
});
