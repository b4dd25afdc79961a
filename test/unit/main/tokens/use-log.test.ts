import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../../main/adapters/clock.ts';
import { KeyholdError } from '../../../../contracts/errors.ts';
import type { Clock } from '../../../../main/core/ports.ts';
import { readRegistryUses } from '../../../../main/core/contexts/registry-uses.ts';
import { UseLog, type Use } from '../../../../main/core/tokens/use-log.ts';
import { addContext } from '../registries/add-context.ts';
import { signInParts } from '../signin/sign-in-parts.ts';
import type { SignInParts } from '../signin/sign-in-parts.ts';

let parts: SignInParts;
let uses: UseLog;
let contextId: string;
let kid: string;

beforeEach(async () => {
  parts = await signInParts(systemClock);
  uses = new UseLog({ ...parts, clock: systemClock });
  contextId = addContext(parts).id;
  kid = parts.keys.signingKid(contextId) ?? '';
});
afterEach(async () => {
  vi.restoreAllMocks();
  await parts.dispose();
});

/** A disk that keeps nothing until it is told to. The answer of a real one cannot be held back. */
class HeldDisk {
  readonly asked: Promise<void>;
  answer = (): void => undefined;

  constructor({ vault }: SignInParts) {
    const kept = new Promise<void>((resolve) => {
      this.answer = resolve;
    });
    this.asked = new Promise((resolve) => {
      vi.spyOn(vault.sql(), 'sync').mockImplementation(() => {
        resolve();
        return kept;
      });
    });
  }
}

function given(detail: string, program: string | null = null): Use {
  const entry = { kind: 'helper.credential_given', contextName: 'Work', detail } as const;
  return { credentialId: kid, entry, by: { program, host: detail } };
}

function details(): (string | null)[] {
  const { entries } = parts.activity.list({ before: null, limit: 200 });
  return entries
    .filter(({ kind }) => kind === 'helper.credential_given')
    .map(({ detail }) => detail)
    .reverse();
}

describe('uses of a key', () => {
  it('that come together share one write, keep their order and their place in the chain', async () => {
    const run = vi.spyOn(parts.vault.sql(), 'run');
    const hosts = Array.from({ length: 64 }, (_, index) => `host-${String(index)}`);
    await Promise.all(hosts.map((host) => uses.note(given(host))));
    const statements = run.mock.calls.map(([sql]) => sql.split(' ').slice(0, 3).join(' '));
    expect(statements.filter((sql) => sql.startsWith('UPDATE keys'))).toHaveLength(1);
    expect(statements.filter((sql) => sql.startsWith('INSERT INTO activity_head'))).toHaveLength(1);
    expect(details()).toEqual(hosts);
    expect(parts.activity.verify()).toMatchObject({ brokenAt: null });
    expect(parts.keys.current(contextId)?.lastUsedAt).not.toBeNull();
  });

  it('mark the last program again only a second later, or for another one', async () => {
    const now = Date.parse('2026-03-01T12:00:00Z');
    const clock = { ...systemClock, now: (): Date => new Date(time) };
    let time = now;
    uses = new UseLog({ ...parts, clock });
    const marked = async (program: string): Promise<unknown> => {
      await uses.note(given('a', program));
      return readRegistryUses(parts.vault.sql()).get('a');
    };
    const first = { program: 'skopeo', at: '2026-03-01T12:00:00.000Z' };
    expect(await marked('skopeo')).toEqual(first);
    time = now + 999;
    expect(await marked('skopeo')).toEqual(first);
    expect(await marked('podman')).toEqual({ program: 'podman', at: '2026-03-01T12:00:00.999Z' });
    time = now + 1999;
    expect(await marked('podman')).toEqual({ program: 'podman', at: '2026-03-01T12:00:01.999Z' });
    expect(details()).toHaveLength(4);
  });

  it('are written when they are noted', async () => {
    await uses.note(given('first'));
    expect(details()).toEqual(['first']);
    await uses.note(given('second'));
    expect(details()).toEqual(['first', 'second']);
  });

  it('are brought to the disk soon, without another use', async () => {
    const sync = vi.spyOn(parts.vault.sql(), 'sync');
    await uses.note(given('a'));
    await expect.poll(() => sync.mock.settledResults).toEqual([{ type: 'fulfilled', value: undefined }]);
  });

  it('wait for the disk when it is 128 uses behind', async () => {
    const disk = new HeldDisk(parts);
    await Promise.all(Array.from({ length: 128 }, () => uses.note(given('early'))));
    const late = uses.note(given('late'));
    await disk.asked;
    expect(details()).not.toContain('late');
    disk.answer();
    await late;
    expect(details()).toContain('late');
  });

  it('do not open the vault again once it is closed', async () => {
    const due: (() => void)[] = [];
    const after: Clock['after'] = (_ms, task) => {
      due.push(task);
      return () => undefined;
    };
    await new UseLog({ ...parts, clock: { ...systemClock, after } }).note(given('a'));
    parts.vault.close();
    const sql = vi.spyOn(parts.vault, 'sql');
    due[0]?.();
    expect(due).toHaveLength(1);
    expect(sql).not.toHaveBeenCalled();
  });

  it('are refused after the disk failed, until it keeps what it is given', async () => {
    const sync = vi.spyOn(parts.vault.sql(), 'sync').mockRejectedValue(new KeyholdError('storage_failed'));
    await uses.note(given('a'));
    await expect.poll(() => sync.mock.settledResults).toMatchObject([{ type: 'rejected' }]);
    await expect(uses.note(given('b'))).rejects.toMatchObject({ code: 'storage_failed' });
    expect(details()).toEqual(['a']);
    sync.mockRestore();
    await uses.note(given('c'));
    expect(details()).toEqual(['a', 'c']);
  });

  it('leave behind who used key and host last', async () => {
    await Promise.all([
      uses.note(given('a', 'podman')),
      uses.note(given('b', 'curl')),
      uses.note(given('a', 'skopeo')),
    ]);
    expect(parts.keys.current(contextId)?.programUse).toMatchObject({ program: 'skopeo' });
    const programs = [...readRegistryUses(parts.vault.sql())].map(([host, use]) => [host, use.program]);
    expect(programs).toEqual([
      ['a', 'skopeo'],
      ['b', 'curl'],
    ]);
    await uses.note({ ...given('a'), by: null });
    expect(parts.keys.current(contextId)?.programUse, 'the app itself').toMatchObject({ program: 'skopeo' });
    await uses.note(given('a'));
    expect(parts.keys.current(contextId)?.programUse).toMatchObject({ program: null });
  });

  it('are refused, all of them, when the vault is locked before they are written', async () => {
    const noted = Promise.allSettled(['a', 'b'].map((host) => uses.note(given(host))));
    parts.vault.lock('click');
    expect(await noted).toEqual(
      ['a', 'b'].map(() => ({
        status: 'rejected',
        reason: expect.objectContaining({ code: 'vault_locked' }) as unknown,
      })),
    );
    expect(details()).toEqual([]);
  });

  it('come to nothing together when the disk refuses, and the next ones are noted again', async () => {
    parts.vault.sql().exec('PRAGMA query_only = ON');
    const noted = await Promise.allSettled(['a', 'b'].map((host) => uses.note(given(host))));
    parts.vault.sql().exec('PRAGMA query_only = OFF');
    expect(noted.map((result) => (result.status === 'rejected' ? (result.reason as Error) : null))).toEqual([
      expect.objectContaining({ code: 'storage_failed' }),
      expect.objectContaining({ code: 'storage_failed' }),
    ]);
    expect(parts.keys.current(contextId)?.lastUsedAt).toBeNull();
    await uses.note(given('c'));
    expect(details()).toEqual(['c']);
  });
});
