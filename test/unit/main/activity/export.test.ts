import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { exportText } from '../../../../main/core/activity/export.ts';
import { lengthPrefixed } from '../../../../main/core/vault/bytes.ts';
import { newVault, removeVaults } from '../vault/vault-parts.ts';

afterEach(removeVaults);

describe('the exported log', () => {
  it('as CSV quotes what needs it and lets no field become a formula', async () => {
    const { activity } = await newVault();
    activity.append({ kind: 'key.created', contextName: '=HYPERLINK("x")', detail: 'a, "b"' });
    activity.append({ kind: 'key.created', contextName: '-1+1', detail: '@sum' });
    const lines = exportText(activity.rows(), 'csv').split('\r\n');
    expect(lines[0]).toBe('seq,at,kind,context,detail,prev_hash,hash');
    expect(lines[1]).toContain('1,2026-03-01T12:00:00.000Z,vault.created,,,');
    expect(lines[2]).toContain(',key.created,"\'=HYPERLINK(""x"")","a, ""b""",');
    expect(lines[3]).toContain(",key.created,'-1+1,'@sum,");
    expect(lines).toHaveLength(5);
  });

  it('as JSON lets anyone check the chain', async () => {
    const { activity } = await newVault();
    activity.append({ kind: 'token.minted', contextName: 'Work', detail: '1h' });
    const { entries } = JSON.parse(exportText(activity.rows(), 'json')) as {
      entries: Record<'at' | 'kind' | 'context' | 'detail' | 'prev_hash' | 'hash', string>[];
    };
    let previous = '00'.repeat(32);
    entries.forEach((entry, index) => {
      const { at, kind, context, detail } = entry;
      const fields = [index + 1, at, kind, context, detail, Buffer.from(previous, 'hex')];
      const hash = createHash('sha256').update(lengthPrefixed(fields)).digest('hex');
      expect(entry).toMatchObject({ prev_hash: previous, hash });
      previous = hash;
    });
    expect(entries).toHaveLength(2);
  });
});
