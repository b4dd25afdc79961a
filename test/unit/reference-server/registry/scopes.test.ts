import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatScope, parseScopes } from '../../../../reference-server/registry/scopes.ts';
import type { ScopeAction } from '../../../../reference-server/registry/scopes.ts';

const actions: readonly ScopeAction[] = ['pull', 'push', 'delete'];
const name = fc.constantFrom('acme/web', 'acme/api', 'a/b');
const scope = fc.tuple(name, fc.subarray([...actions], { minLength: 1 }));

const asObject = (asked: ReturnType<typeof parseScopes>) =>
  Object.fromEntries([...asked].map(([key, value]) => [key, actions.filter((action) => value.has(action))]));

describe('requested scopes', () => {
  it('are read back as they are written, repeated and space-joined alike', () => {
    fc.assert(
      fc.property(fc.array(scope), fc.func(fc.boolean()), (scopes, joins) => {
        const texts = scopes.map(([repository, wanted]) => formatScope(repository, wanted));
        const values = texts.reduce<string[]>(
          (all, text, at) =>
            at > 0 && joins(at) ? [...all.slice(0, -1), `${all.at(-1) ?? ''} ${text}`] : [...all, text],
          [],
        );
        const expected: Record<string, ScopeAction[]> = {};
        for (const [repository, wanted] of scopes) {
          const before = expected[repository] ?? [];
          expected[repository] = actions.filter(
            (action) => before.includes(action) || wanted.includes(action),
          );
        }
        expect(asObject(parseScopes(values))).toEqual(expected);
        expect(parseScopes(values)).toEqual(parseScopes(texts));
      }),
      { numRuns: 1000 },
    );
  });

  it('never give anything for a name that is none, whatever is sent', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.string().map((text) => `repository:${text}:pull`),
          ),
        ),
        (values) => {
          for (const key of parseScopes(values).keys())
            expect(key).toMatch(/^[a-z0-9._-]+(?:\/[a-z0-9._-]+)+$/);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['repository:acme/web:*', { 'acme/web': ['pull', 'push', 'delete'] }],
    ['repository:acme/web:push,pull', { 'acme/web': ['pull', 'push'] }],
    ['repository(plugin):acme/web:pull', { 'acme/web': ['pull'] }],
    ['repository:acme/web:admin', { 'acme/web': [] }],
    ['registry:catalog:*', {}],
    ['repository:host:5000/acme/web:pull', {}],
    ['repository:acme/web/deep:pull', { 'acme/web/deep': ['pull'] }],
    ['repository:acme:pull', {}],
    ['repository:acme/web', {}],
    ['', {}],
  ])('reads %j', (text, expected) => {
    expect(asObject(parseScopes([text]))).toEqual(expected);
  });
});
