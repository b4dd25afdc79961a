import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { addContext, newVault, removeVaults, restart, unlock } from './vault-parts.ts';

afterEach(removeVaults);

const rounds = 5;

/** Runs the key maker, kills it after it has saved `until` keys and answers the kids of all it had saved. */
async function makeKeysAndKill(path: string, until: number): Promise<string[]> {
  const script = join(import.meta.dirname, 'key-maker.ts');
  const maker = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(maker, 'exit');
  const kids: string[] = [];
  for await (const line of createInterface({ input: maker.stdout })) {
    kids.push(line);
    if (kids.length === until) maker.kill('SIGKILL');
  }
  expect((await exit)[1]).toBe('SIGKILL');
  return kids;
}

describe('a vault whose app is killed while it makes keys', () => {
  it(`opens again with every key that was reported as saved, ${rounds} times`, async () => {
    let parts = await newVault();
    addContext(parts.vault);
    parts.vault.close();
    const saved: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const until = 1 + Math.floor(Math.random() * 25);
      saved.push(...(await makeKeysAndKill(parts.path, until)));
      parts = restart(parts);
      await unlock(parts.vault);
      const kept = parts.keys.list('context-1').map((key) => key.kid);
      expect(kept).toEqual(expect.arrayContaining(saved));
      expect(parts.activity.verify()).toMatchObject({ brokenAt: null });
      parts.vault.close();
    }
    expect(saved.length).toBeGreaterThanOrEqual(rounds);
    await unlock((parts = restart(parts)).vault);
    for (const kid of saved) await parts.keys.signJwt(kid, { typ: 'JWT', alg: 'Ed25519' }, {});
  });
});
