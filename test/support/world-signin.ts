import { perClient } from '../../contracts/domain/registry-client.ts';
import { KeyholdError } from '../../contracts/errors.ts';
import type { BrowserSignInState } from '../../contracts/ipc/browser-sign-in.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import { productionId, sampleContext, sampleSignIn, timeFromNow } from './samples.ts';
import type { World } from './world.ts';

export function sampleBrowserSignIn(facts: Partial<BrowserSignInState> = {}): BrowserSignInState {
  return {
    contextId: productionId,
    name: 'Production',
    origin: 'https://registry.acme.example',
    host: 'registry.acme.example',
    serviceName: 'Acme Registry',
    provider: null,
    access: 'api-key',
    elsewhere: false,
    phase: 'waiting',
    opened: true,
    address:
      'https://registry.acme.example/cli/authorize?state=SMxU4iQyVn3kq0sGm1y7bA&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&client_name=Keyhold&device=laptop&access=api-key',
    until: timeFromNow(9 * 60 + 42),
    failure: null,
    who: null,
    org: null,
    confirmed: false,
    setUps: perClient(() => 'not_asked'),
    ...facts,
  };
}

export function browserSignInHandlers(world: World): IpcHandlers['browserSignIn'] {
  const current = (): BrowserSignInState => {
    if (world.browserSignIn === null) throw new KeyholdError('sign_in_over');
    return world.browserSignIn;
  };
  const begun = (facts: Partial<BrowserSignInState>): BrowserSignInState =>
    (world.browserSignIn = sampleBrowserSignIn({ opened: world.opensBrowser, ...facts }));
  return {
    current: () => world.browserSignIn,
    start: ({ target, access, elsewhere }) => {
      if (target.kind === 'new') return begun({ contextId: null, name: target.name, access, elsewhere });
      const context = world.contexts.find(({ id }) => id === target.contextId);
      if (context === undefined) throw new KeyholdError('context_not_found');
      return begun({ contextId: context.id, name: context.name, access, elsewhere });
    },
    again: ({ elsewhere }) => {
      const { contextId, name, access } = current();
      return begun({ contextId, name, access, elsewhere });
    },
    open: () => (world.browserSignIn = { ...current(), opened: true }),
    copyAddress: () => void current(),
    paste: ({ code }) => {
      if (code.length !== 43) throw new KeyholdError('invalid_code');
      return (world.browserSignIn = { ...current(), phase: 'exchanging', address: null });
    },
    end: () => {
      world.browserSignIn = null;
    },
  };
}

export function passwordSignInHandlers(world: World): IpcHandlers['passwordSignIn'] {
  return {
    signIn: ({ target, newPassword }) => {
      if (world.passwords.wantsNew && newPassword === null) return { kind: 'new_password' };
      const by = { credential: 'session', maxTokenTtl: null, endsAt: timeFromNow(7 * 86_400) } as const;
      const name = target.kind === 'new' ? target.name : 'Production';
      world.contexts = [sampleContext({ ...by, name, state: 'active', signIn: sampleSignIn('signed_in') })];
      const setUps = { podman: 'done', docker: 'not_asked' } as const;
      return { kind: 'signed_in', contextId: productionId, who: 'Ada Lindqvist', confirmed: true, setUps };
    },
    before: () => ({ username: world.passwords.username, lasting: world.passwords.username !== null }),
  };
}
