import type { TestServer } from '../support/server.ts';
import { call, signIn } from '../support/server-client.ts';
import type {} from '../../preload/index.ts';
import type { RunningApp } from './launch.ts';

/** The registration token of the current context, as the app gives it when the user asks to see it. */
export async function registrationToken({ window: page }: RunningApp): Promise<string> {
  return page.evaluate(async () => {
    const contexts = await window.keyhold.contexts.list();
    const current = contexts.ok ? contexts.value.find((context) => context.current) : undefined;
    if (current === undefined) throw new Error('no current context');
    const shown = await window.keyhold.signin.reveal({ contextId: current.id });
    if (!shown.ok) throw new Error(shown.error.code);
    return shown.value.token;
  });
}

/** Registers a key as the service's operator or a script would: over the API instead of the dashboard. */
export async function registerOverApi(server: TestServer, username: string, token: string): Promise<void> {
  const session = await signIn(server, username);
  const body = { registration_token: token };
  const { status } = await call(server, '/v1/keys', { token: session, body });
  if (status !== 201) throw new Error(`registering answered ${String(status)}`);
}

/**
 * Brings an unlocked app to a registered context by the app's own calls, for tests of what comes after; the way
 * through the window and the dashboard is tested in registration.spec.ts. The context is the current one then.
 *
 * @param options - `name`: of the context, otherwise the user name.
 */
export async function signInByCalls(
  app: RunningApp,
  server: TestServer,
  username: string,
  options: { name?: string; setUpPodman?: boolean; setUpDocker?: boolean } = {},
): Promise<void> {
  const request = {
    address: server.origin,
    name: options.name ?? username,
    userId: server.user(username).id,
    keyLabel: 'This computer',
    setUpPodman: options.setUpPodman ?? false,
    setUpDocker: options.setUpDocker ?? false,
  };
  const contextId = await app.window.evaluate(async (context) => {
    const added = await window.keyhold.contexts.add(context);
    if (!added.ok) throw new Error(added.error.code);
    const chosen = await window.keyhold.contexts.setCurrent({ contextId: added.value.id });
    if (!chosen.ok) throw new Error(chosen.error.code);
    return added.value.id;
  }, request);
  await registerOverApi(server, username, await registrationToken(app));
  await app.window.evaluate(
    (id) =>
      new Promise<void>((resolve, reject) => {
        window.keyhold.on.waitChanged((state) => {
          if (state.contextId === id && state.phase === 'registered') resolve();
        });
        void window.keyhold.signin.checkNow({ contextId: id }).then((answer) => {
          // It may have been noticed before we asked.
          if (!answer.ok && answer.error.code === 'not_pending') resolve();
          else if (!answer.ok) reject(new Error(answer.error.code));
          else if (answer.value.phase === 'registered') resolve();
        });
      }),
    contextId,
  );
}
