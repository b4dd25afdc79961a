import Fastify from 'fastify';
import type { FastifyPluginAsync } from 'fastify';
import { describe, expect, it } from 'vitest';
import { admit, methodsAt, requireDeclarations } from '../../../reference-server/access/route-access.ts';
import type { Access } from '../../../reference-server/access/route-access.ts';

describe('a route', () => {
  it('that does not declare what it needs is refused when it is made, also in a plugin', async () => {
    const app = Fastify();
    requireDeclarations(app);
    expect(() => app.get('/bare', () => 'in')).toThrow('GET /bare');
    expect(() => app.get('/other', { config: {} }, () => 'in')).toThrow('GET /other');
    const plugin: FastifyPluginAsync = async (scope) => {
      await Promise.resolve();
      scope.post('/inside', () => 'in');
    };
    await expect(app.register(plugin)).rejects.toThrow('POST /inside');
  });

  it.each<[string, Access]>([
    ['a caller', { caller: ['session', 'key'] }],
    ['a page', { page: 'anybody' }],
    ['a registry token', { registry: 'any-token' }],
  ])('that declares %s is closed as long as no guard has let the request in', async (_name, access) => {
    const app = Fastify();
    requireDeclarations(app);
    let ran = false;
    const handler = () => {
      ran = true;
      return 'in';
    };
    app.get('/closed', { config: { access } }, handler);
    await app.register((scope, _options, done) => {
      scope.addHook('preHandler', (request, _reply, next) => {
        admit(request, null);
        next();
      });
      scope.get('/guarded', { config: { access } }, handler);
      done();
    });
    for (const method of ['GET', 'HEAD'] as const) {
      expect((await app.inject({ method, url: '/closed' })).statusCode).toBeGreaterThanOrEqual(400);
      expect(ran).toBe(false);
    }
    expect((await app.inject('/guarded')).body).toBe('in');
  });

  it('that is public is open without a guard', async () => {
    const app = Fastify();
    requireDeclarations(app);
    app.get('/open', { config: { access: 'public' } }, () => 'in');
    expect((await app.inject('/open')).body).toBe('in');
  });
});

describe('the methods at an address', () => {
  const at = (method: string, url: string) => ({ method, url, access: 'public' as const });
  const routes = [at('GET', '/v1/keys'), at('POST', '/v1/keys/rotate'), at('DELETE', '/v1/keys/:kid')];

  it.each<[string, string[]]>([
    ['/v1/keys', ['GET']],
    ['/v1/keys?after=x', ['GET']],
    ['/v1/keys/some', ['DELETE']],
    ['/v1/keys/', ['DELETE']],
    ['/v1/keys/a%2Fb', ['DELETE']],
    ['/v1/k%65ys', ['GET']],
    ['/v1/keys/%zz', ['DELETE']],
    ['/v1/keys/rotate', ['DELETE', 'POST']],
    ['/v1/keys/some/more', []],
    ['/v1/key', []],
    ['/', []],
  ])('%s are %j', (address, methods) => {
    expect(methodsAt(routes, address)).toEqual(methods);
  });
});
