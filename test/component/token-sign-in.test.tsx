import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { productionId, sampleContext, sampleService, timeFromNow } from '../support/samples.ts';
import {
  sampleClaims,
  sampleKeeper,
  sampleKeeperContext,
  type RemoteKeysWorld,
} from '../support/samples-remote-keys.ts';
import type { World } from '../support/world.ts';
import { fill, openWindow, passTime, type OpenWindow } from './open-window.tsx';

/** Tokens for the keeper itself. */
const loginProvider = { host: 'login.acme.example', audience: 'https://keeper.acme.example' };

const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJqb25hcy53ZWJlciJ9.c2lnbmF0dXJl';

function keeperService(facts: Parameters<typeof sampleService>[0] = {}) {
  return sampleService({
    ...{ name: 'Acme Custody', origin: 'https://keeper.acme.example', host: 'keeper.acme.example' },
    ...{ methods: ['token'], hasRegistry: false, hasDashboard: false, maxTokenTtl: null },
    ...facts,
  });
}

function claiming(claims: Partial<NonNullable<RemoteKeysWorld['keeper']['claims']>>): Partial<World> {
  return { keeper: { ...sampleKeeper().keeper, claims: sampleClaims(claims) } };
}

async function find(facts: Partial<World> = {}): Promise<OpenWindow> {
  const opened = openWindow({ contexts: [], service: keeperService(), ...facts });
  await opened.user.click(await screen.findByRole('button', { name: 'Add context' }));
  await fill(opened.user, screen.getByLabelText('Service address'), 'keeper.acme.example');
  await opened.user.click(screen.getByRole('button', { name: 'Find service' }));
  await screen.findByRole('heading', { name: 'Acme Custody' });
  return opened;
}

const field = (): HTMLInputElement => screen.getByLabelText<HTMLInputElement>('Token', { exact: true });
const paste = ({ user }: OpenWindow, text = token): Promise<void> => fill(user, field(), text);
const facts = (): Promise<HTMLElement> => screen.findByRole('group', { name: 'What the token says' });

describe('a token that is pasted', () => {
  it('is reached by arrow keys alone: no form of another way takes the keyboard on the way there', async () => {
    const { user } = await find({ service: keeperService({ methods: ['key', 'password', 'token'] }) });
    const way = (name: string): HTMLElement => screen.getByRole('radio', { name });
    way('With a key of your own').focus();
    await user.keyboard('{ArrowDown}');
    await screen.findByLabelText('User name');
    expect(document.activeElement).toBe(way('With a password'));
    await user.keyboard('{ArrowDown}');
    expect(document.activeElement).toBe(way('With a token'));
    await user.click(way('With a password'));
    expect(document.activeElement).toBe(screen.getByLabelText('User name'));
  });

  it('is taken apart at once: whose, for what, by whom, until when and how many rules', async () => {
    const opened = await find();
    expect(field().type).toBe('password');
    await paste(opened, ` ${token}\n`);
    const words = (await facts()).textContent;
    for (const part of ['jonas.weber', 'https://keeper.acme.example', 'https://login.acme.example']) {
      expect(words).toContain(part);
    }
    expect(words).toContain('7 rules: 5 grant, 2 deny');
    expect(words).toMatch(/59:\d\d left/);
    passTime(60);
    await waitFor(async () => {
      expect((await facts()).textContent).toMatch(/58:\d\d left/);
    });
    expect(opened.requests('tokenSignIn.read').at(-1)).toEqual({ token });
    expect(opened.requests('tokenSignIn.signIn')).toEqual([]);
  });

  it.each([
    ['over', () => ({ endsAt: timeFromNow(-180) }), /^This token is over: it ended 3 minutes ago\./],
    ['not yet', () => ({ notBefore: timeFromNow(3600) }), /^This token is not good yet: it is from/],
  ])('is not sent where its time is %s', async (_when, claims, words) => {
    const opened = await find(claiming(claims()));
    await paste(opened);
    await screen.findByText(words);
    await opened.user.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(document.activeElement).toBe(field());
    expect(opened.requests('tokenSignIn.signIn')).toEqual([]);
  });

  it.each([
    [{ permissions: null }, 'It lets you do nothing'],
    [{ permissions: [] }, 'It lets you do nothing'],
    [{ permissions: ['tkeeper.**'] }, 'One of its rules cannot be read'],
    [{ subject: null }, 'It names nobody'],
    [{ endsAt: null }, 'It has no end'],
    [{ algorithm: 'none' }, 'The service may not take it'],
    [{ algorithm: 'HS256' }, 'The service may not take it'],
    [{ algorithm: 'EdDSA' }, 'The service may not take it'],
    [{ algorithm: 'PS256' }, 'The service may not take it'],
    [{ kid: null }, 'The service may not take it'],
  ])('says before it is sent what will go wrong: %o', async (claims, title) => {
    const opened = await find(claiming(claims));
    await paste(opened);
    await screen.findByText(title);
  });

  it('is told to be none, or too long, at its field', async () => {
    const opened = await find();
    await paste(opened, 'abc');
    await screen.findByText(/^That is not a whole token/);
    await paste(opened, 'a'.repeat(16_400));
    await screen.findByText(/^That is too long for a token/);
    await opened.user.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(opened.requests('tokenSignIn.signIn')).toEqual([]);
    await opened.user.clear(field());
    await opened.user.click(screen.getByRole('button', { name: 'Sign in' }));
    await screen.findByText('Paste a token.');
  });

  it('adds a context, sets up no registry, and is gone from the window', async () => {
    const opened = await find({ service: keeperService({ hasRegistry: true }) });
    await paste(opened);
    expect(screen.queryByLabelText(/Podman/)).toBeNull();
    await opened.user.click(screen.getByRole('button', { name: 'Sign in' }));
    await screen.findByText('You are signed in as jonas.weber');
    screen.getByText(/^The token for it is in the vault\./);
    expect(document.body.innerHTML).not.toContain(token);
    screen.getByRole('button', { name: 'Show status' });
    await opened.user.click(screen.getByRole('button', { name: 'Show remote keys' }));
    await screen.findByRole('heading', { level: 1, name: 'Remote keys' });
    expect(opened.requests('tokenSignIn.signIn')).toEqual([
      {
        target: {
          ...{ kind: 'new', address: 'keeper.acme.example', name: 'Acme Custody' },
          ...{ setUpPodman: false, setUpDocker: false },
        },
        ...{ form: 'jwt', token },
      },
    ]);
  });

  it('says at its field what the service thinks of it, and stays there', async () => {
    const opened = await find({ failures: { 'tokenSignIn.signIn': { code: 'token_refused' } } });
    await paste(opened);
    await opened.user.click(screen.getByRole('button', { name: 'Sign in' }));
    await screen.findByText(/^The service does not accept this token\./);
    expect(field().value).toBe(token);
    expect(document.activeElement).toBe(field());
    await fill(opened.user, field(), `${token}x`);
    expect(screen.queryByText(/^The service does not accept this token\./)).toBeNull();
  });
});

describe('a dev token', () => {
  it('is asked for on this computer alone', async () => {
    const { user, requests } = await find({
      service: keeperService({
        methods: ['dev-token'],
        host: '127.0.0.1:8080',
        origin: 'http://127.0.0.1:8080',
      }),
    });
    await fill(user, screen.getByLabelText('Dev token'), 'a-dev-token-of-24-letters');
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    await screen.findByText('You are signed in with the dev token');
    screen.getByText(/as long as the server’s dev config file has it\./);
    // It has no end to remind of.
    expect(screen.queryByText(/reminds you/)).toBeNull();
    expect(requests('tokenSignIn.signIn')).toMatchObject([
      { form: 'dev-token', token: 'a-dev-token-of-24-letters' },
    ]);
    expect(requests('tokenSignIn.read')).toEqual([]);
  });

  it.each(['keeper.acme.example', '192.168.1.10:8080', 'localhost.acme.example'])(
    'is not asked for at %s',
    async (host) => {
      await find({ service: keeperService({ methods: ['dev-token'], host }) });
      await screen.findByText('A dev token is for this computer only');
      expect(screen.queryByLabelText('Dev token')).toBeNull();
    },
  );
});

describe('signing in at the provider of a service', () => {
  const service = keeperService({ methods: ['oidc', 'token'], provider: loginProvider });

  it('names who one is sent to before the browser opens', async () => {
    const { user, requests } = await find({ service });
    screen.getByRole('radio', { name: 'At login.acme.example', checked: true });
    expect(requests('browserSignIn.start')).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Open login.acme.example' }));
    await screen.findByRole('heading', { level: 1, name: 'Sign in by browser' });
    expect(requests('browserSignIn.start')).toMatchObject([
      {
        target: { kind: 'new', setUpPodman: false },
        ...{ access: 'oidc', elsewhere: false, agreed: loginProvider },
      },
    ]);
  });

  it('says whom the token is for and who gets it, and asks where the token names another host', async () => {
    const elsewhere = { ...loginProvider, audience: 'https://vault.acme.example/api' };
    const { user, requests } = await find({ service: { ...service, provider: elsewhere } });
    const terms = within(screen.getByRole('group', { name: 'What the service asks for' }));
    for (const part of ['login.acme.example', 'https://vault.acme.example/api', 'keeper.acme.example'])
      terms.getByText(part);
    terms.getByText('The token names another address: vault.acme.example');
    const box = screen.getByRole('checkbox', {
      name: 'keeper.acme.example and vault.acme.example belong together',
    });
    await user.click(screen.getByRole('button', { name: 'Open login.acme.example' }));
    expect(document.activeElement).toBe(box);
    expect(requests('browserSignIn.start')).toEqual([]);
    await user.click(box);
    await user.click(screen.getByRole('button', { name: 'Open login.acme.example' }));
    await screen.findByRole('heading', { level: 1, name: 'Sign in by browser' });
    expect(requests('browserSignIn.start')).toMatchObject([{ agreed: elsewhere }]);
  });

  it.each(['https://keeper.acme.example/v1', 'tkeeper', 'urn:acme:keeper'])(
    'asks nothing more where the token is for %s',
    async (audience) => {
      await find({ service: { ...service, provider: { ...loginProvider, audience } } });
      screen.getByText(audience);
      expect(screen.queryByRole('checkbox')).toBeNull();
    },
  );

  it('looks again where the service names something else by then', async () => {
    const { user, requests } = await find({
      service,
      failures: { 'browserSignIn.start': { code: 'provider_changed' } },
    });
    await user.click(screen.getByRole('button', { name: 'Open login.acme.example' }));
    await screen.findByText('The service asks for something else now');
    await user.click(screen.getByRole('button', { name: 'Look again' }));
    await screen.findByRole('group', { name: 'What the service asks for' });
    expect(requests('contexts.discover')).toHaveLength(2);
  });

  it('says whose tokens a service asks for that is given none', async () => {
    const details = { contextName: 'Custody' };
    const { user } = await find({
      service,
      failures: { 'browserSignIn.start': { code: 'audience_of_another', details } },
    });
    await user.click(screen.getByRole('button', { name: 'Open login.acme.example' }));
    await screen.findByText('Such tokens are for Custody');
  });

  it('can be done by a token instead', async () => {
    const opened = await find({ service });
    await opened.user.click(screen.getByRole('radio', { name: 'With a token' }));
    await paste(opened);
    await facts();
  });
});

describe('signing in again', () => {
  const contexts = (endsInSeconds: number) => [sampleKeeperContext({ endsAt: timeFromNow(endsInSeconds) })];

  it('is one click from the notice that the token ends soon', async () => {
    const opened = openWindow({ contexts: contexts(8 * 60 - 5), service: keeperService() });
    await screen.findByText('The token of Custody ends in 8 min');
    await opened.user.click(screen.getAllByRole('button', { name: 'Sign in again' })[0] ?? document.body);
    const dialog = within(
      await screen.findByRole('dialog', { name: 'Sign in to keeper.acme.example again' }),
    );
    await dialog.findByLabelText('Token');
    await paste(opened);
    await opened.user.click(dialog.getByRole('button', { name: 'Sign in' }));
    await screen.findByText('Signed in to keeper.acme.example again');
    expect(opened.requests('tokenSignIn.signIn')).toMatchObject([
      { target: { kind: 'context', contextId: productionId } },
    ]);
    await waitFor(() => {
      expect(screen.queryByText(/^The token of Custody ends/)).toBeNull();
    });
  });

  it('is not spoken of while the token lasts', async () => {
    openWindow({ contexts: contexts(20 * 60), service: keeperService() });
    await screen.findByRole('heading', { name: 'Keeper' });
    expect(screen.queryByText(/^The token of Custody ends/)).toBeNull();
  });

  it('says before it is sent that a token is for another user', async () => {
    const opened = openWindow({
      contexts: contexts(60),
      service: keeperService(),
      ...claiming({ subject: 'lena' }),
    });
    await screen.findByText('The token of Custody ends in a minute');
    await opened.user.click(screen.getAllByRole('button', { name: 'Sign in again' })[0] ?? document.body);
    await screen.findByLabelText('Token');
    await paste(opened);
    await screen.findByText('It is for another user');
    await opened.user.click(screen.getByRole('button', { name: 'Cancel' }));
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    expect(document.body.innerHTML).not.toContain(token);
  });

  it.each([
    ['another', 'https://vault.acme.example', ['https://keeper.acme.example']],
    ['several others', 'tkeeper', ['https://keeper.acme.example', 'https://login.acme.example/userinfo']],
  ])('points out that a token is for %s than the last one', async (_, last, audience) => {
    const opened = openWindow({
      contexts: [sampleKeeperContext({ endsAt: timeFromNow(60), audience: last })],
      service: keeperService(),
      ...claiming({ audience }),
    });
    await opened.user.click(
      (await screen.findAllByRole('button', { name: 'Sign in again' }))[0] ?? document.body,
    );
    await screen.findByLabelText('Token');
    await paste(opened);
    await screen.findByText('The last token here was for somebody else');
    expect((await facts()).textContent.replaceAll('\u200b', '')).toContain(
      `Was ${last}, now ${audience.join(', ')}.`,
    );
  });

  it.each([
    ['nobody knows whom the last one was for', null, ['https://keeper.acme.example']],
    ['it is for that one too', 'tkeeper', ['tkeeper', 'https://login.acme.example/userinfo']],
    ['it names nobody', 'tkeeper', []],
  ])('says nothing of whom the last token was for where %s', async (_, last, audience) => {
    const opened = openWindow({
      contexts: [sampleKeeperContext({ endsAt: timeFromNow(60), audience: last })],
      service: keeperService(),
      ...claiming({ audience }),
    });
    await opened.user.click(
      (await screen.findAllByRole('button', { name: 'Sign in again' }))[0] ?? document.body,
    );
    await screen.findByLabelText('Token');
    await paste(opened);
    await facts();
    expect(screen.queryByText(/^The last token here/)).toBeNull();
  });

  it('points it out at a provider as well, before the browser opens', async () => {
    const audience = 'https://keeper.acme.example/v2';
    const opened = openWindow({
      contexts: [sampleKeeperContext({ endsAt: timeFromNow(60) })],
      service: keeperService({ methods: ['oidc', 'token'], provider: { ...loginProvider, audience } }),
    });
    await opened.user.click(
      (await screen.findAllByRole('button', { name: 'Sign in again' }))[0] ?? document.body,
    );
    const terms = await screen.findByRole('group', { name: 'What the service asks for' });
    within(terms).getByText('The last token here was for somebody else');
    expect(terms.textContent.replaceAll('\u200b', '')).toContain(
      `Was https://keeper.acme.example, now ${audience}.`,
    );
    expect(opened.requests('browserSignIn.start')).toEqual([]);
  });

  it('begins from a context that is signed out', async () => {
    const opened = openWindow({
      contexts: [sampleKeeperContext({ state: 'signed_out', credential: null, endsAt: null })],
      service: keeperService({ methods: ['oidc', 'token'], provider: loginProvider }),
    });
    await opened.user.click(await screen.findByRole('button', { name: 'Sign in…' }));
    await screen.findByRole('group', { name: 'What the service asks for' });
    screen.getByRole('radio', { name: 'At login.acme.example' }).focus();
    for (const way of ['With a token', 'At login.acme.example']) {
      await opened.user.keyboard(way === 'With a token' ? '{ArrowDown}' : '{ArrowUp}');
      expect(document.activeElement).toBe(screen.getByRole('radio', { name: way, checked: true }));
    }
    await opened.user.click(await screen.findByRole('button', { name: 'Open login.acme.example' }));
    await screen.findByText('Waiting for your answer in the browser.');
    expect(opened.requests('browserSignIn.start')).toMatchObject([
      { target: { kind: 'context', contextId: productionId }, access: 'oidc', agreed: loginProvider },
    ]);
  });
});

describe('a context that is signed out of a service of several kinds', () => {
  it('is offered the keeper beside the rest, and asks it by what', async () => {
    const out = { state: 'signed_out', credential: null, endsAt: null } as const;
    const opened = openWindow({
      contexts: [sampleContext({ ...out, takesTokens: true, userId: 'jonas.weber' })],
      service: keeperService({ methods: ['key', 'browser', 'oidc', 'token'] }),
    });
    await screen.findByRole('button', { name: 'Sign in by browser…' });
    await opened.user.click(screen.getByRole('button', { name: 'Sign in to the keeper…' }));
    const dialog = within(await screen.findByRole('dialog'));
    await opened.user.click(await dialog.findByRole('radio', { name: 'With a token' }));
    await dialog.findByLabelText('Token');
  });

  it('is not offered it where there is none', async () => {
    openWindow({ contexts: [sampleContext({ state: 'signed_out', credential: null })] });
    await screen.findByRole('button', { name: 'Sign in by browser…' });
    expect(screen.queryByRole('button', { name: /keeper/ })).toBeNull();
  });
});
