import { describe, expect, it } from 'vitest';
import { apiKeyWords } from '../../../contracts/domain/api-key-words.ts';
import type { ApiKeyMeaning } from '../../../contracts/domain/api-key-words.ts';

const key: ApiKeyMeaning = { org: 'acme', kind: 'org', names: [], capability: 'read', until: null };

describe('what an API key may do, in words', () => {
  it.each<[Partial<ApiKeyMeaning>, string]>([
    [{}, 'May read everything in acme; may change nothing.'],
    [{ capability: 'read_write' }, 'May do in acme all that its creator may.'],
    [
      { kind: 'project', names: ['shop', 'web'], until: '1 March 2027' },
      'May read the projects shop and web until 1 March 2027; may change nothing.',
    ],
    [
      { kind: 'project', names: ['shop'], capability: 'read_write' },
      'May read and change the project shop; nothing else in acme.',
    ],
    [
      { kind: 'project', names: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] },
      'May read the projects a, b, c, d, e and 2 more; may change nothing.',
    ],
    [
      { kind: 'branch', names: ['shop/main', 'shop/next', 'web/main'], capability: 'read_write' },
      'May read and change the branches shop/main, shop/next and web/main; nothing else in acme.',
    ],
    [
      { kind: 'project', names: ['shop'], capability: 'agent', until: '1 March 2027' },
      'May read the project shop and make and delete branches there until 1 March 2027; default branches stay, and ' +
        'nothing else changes.',
    ],
  ])('%j', (meaning, words) => {
    expect(apiKeyWords({ ...key, ...meaning })).toBe(words);
  });

  it('names the organization or what it is for, its end, and no change where it reads only', () => {
    for (const kind of ['org', 'project', 'branch'] as const) {
      for (const capability of ['read', 'agent', 'read_write'] as const) {
        const words = apiKeyWords({ org: 'acme', kind, names: ['shop/x'], capability, until: '1 May 2027' });
        expect(words).toContain(kind === 'org' ? 'acme' : 'shop/x');
        expect(words).toContain(' until 1 May 2027');
        expect(words.includes('may change nothing')).toBe(capability === 'read');
      }
    }
  });
});
