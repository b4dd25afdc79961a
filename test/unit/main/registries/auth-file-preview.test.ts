import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addHelper } from '../../../../main/core/registries/auth-file.ts';
import { previewChange } from '../../../../main/core/registries/auth-file-preview.ts';
import { authFile, hostName, namedHelper } from './auth-file-cases.ts';

const host = 'registry.example:5000';

function preview(before: string | null): string[] {
  const sign = { same: ' ', add: '+', remove: '-' };
  return previewChange(before, addHelper(before, host)).map(({ kind, text }) => sign[kind] + text);
}

/** All texts under `auths`. */
function secretsOf(value: Record<string, unknown>): string[] {
  const entries = Object.values((value['auths'] ?? {}) as Record<string, Record<string, string>>);
  return entries.flatMap((entry) => Object.values(entry));
}

describe('the preview of set-up', () => {
  it('shows a new file as added', () => {
    expect(preview(null)).toEqual([
      '+{',
      '+\t"credHelpers": {',
      '+\t\t"registry.example:5000": "keyhold"',
      '+\t}',
      '+}',
    ]);
  });

  it('shows what is added among what stays, with passwords masked', () => {
    const before = [
      '{',
      '  "auths": {',
      '    "a.example": { "auth": "bWF5YTpwdw==", "password": "a \\"b\\" c" }',
      '  },',
      '  "credHelpers": {',
      '    "b.example": "pass"',
      '  },',
      '  "later": { "pin": 1234, "on": true }',
      '}',
      '',
    ].join('\r\n');
    expect(preview(before)).toEqual([
      ' {',
      '   "auths": {',
      '     "a.example": { "auth": "••••••••", "password": "••••••••" }',
      '   },',
      '   "credHelpers": {',
      '-    "b.example": "pass"',
      '+    "b.example": "pass",',
      '+    "registry.example:5000": "keyhold"',
      '   },',
      '   "later": { "pin": "••••••••", "on": true }',
      ' }',
    ]);
  });

  it('shows a file that stays as it is', () => {
    const file = addHelper(null, host);
    expect(previewChange(file, file).every(({ kind }) => kind === 'same')).toBe(true);
  });

  it('holds no secret of the file, and the entry once', () => {
    fc.assert(
      fc.property(authFile, hostName, ({ value, text }, name) => {
        fc.pre(namedHelper(text, name) === 'none');
        const shown = previewChange(text, addHelper(text, name));
        const all = shown.map((line) => line.text).join('\n');
        for (const secret of secretsOf(value)) expect(all).not.toContain(secret);
        const added = shown.filter(({ kind }) => kind === 'add').map((line) => line.text);
        expect(added.join('\n')).toMatch(new RegExp(`"${name}": ?"keyhold"`));
      }),
      { numRuns: 1000 },
    );
  });
});
