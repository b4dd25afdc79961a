import { expect, type Page } from '@playwright/test';
import { clipboardText } from '../../test/e2e/clipboard.ts';
import type { Home, RunningApp } from '../../test/e2e/launch.ts';
import { AddContextPage } from '../../test/e2e/pages/add-context.ts';
import { ApiKeysPage } from '../../test/e2e/pages/api-keys.ts';
import { AuthorizePage } from '../../test/e2e/pages/authorize.ts';
import { InvitationPage } from '../../test/e2e/pages/invitation.ts';
import { MembersPage } from '../../test/e2e/pages/members.ts';
import { ProjectsPage } from '../../test/e2e/pages/projects.ts';
import { ProviderPage } from '../../test/e2e/pages/provider.ts';
import { ShellPage } from '../../test/e2e/pages/shell.ts';
import { mailsIn } from '../../test/support/mail.ts';
import { useKey, type TakenKey } from './api-key-use.ts';
import type { Scene } from './scene.ts';

const invited = 'priya@northwind.example';

/** Maya adds a context by her browser, where she signs in by the provider. */
async function signInByBrowser(scene: Scene, app: RunningApp, home: Home): Promise<void> {
  const { journal, server, browser, provider } = scene;
  const add = new AddContextPage(app.window);
  const name = 'acme by browser';
  await journal.step('maya: add a context by browser; Keyhold opens the system’s', async () => {
    await add.open();
    await add.find(server.origin);
    await add.byBrowser(name, 'Stay signed in until I sign out');
    await app.window.getByText('Waiting for your answer in the browser.').waitFor();
    await expect.poll(() => home.openedLinks().at(-1)).toContain('/cli/authorize?');
  });
  await journal.picture(app.window, 'waiting-for-browser');
  const browserContext = await browser.newContext({ viewport: { width: 1100, height: 800 } });
  const tab = await browserContext.newPage();
  const page = new AuthorizePage(tab);
  await journal.step('maya: sign in by the provider, a real OpenID Connect one', async () => {
    await tab.goto(home.openedLinks().at(-1) ?? '');
    await journal.pictureInBoth(tab, 'sign-in');
    await signInBy(provider.settings.name, tab, 'maya@acme.example');
    await page.whenAsked();
  });
  await page.chooseOrganization('acme');
  await journal.pictureInBoth(tab, 'authorize');
  const said = await journal.step('maya: let Keyhold act in acme', async () => {
    await page.answer('Authorize');
    return page.end();
  });
  journal.note(said.replaceAll(/\n+/g, '. '));
  await journal.picture(tab, 'close-this-window');
  await browserContext.close();
  await journal.step('maya: Keyhold goes on by itself, with an API key in the vault', () =>
    app.window.getByText('You are signed in as Maya Chen in acme').waitFor(),
  );
  await journal.picture(app.window, 'signed-in-by-browser');
  await app.window.getByRole('button', { name: 'Show status' }).click();
  await app.window.getByRole('heading', { name: 'Signed in as Maya Chen' }).waitFor();
  await journal.picture(app.window, 'status-api-key');
}

/** Maya invites Priya in the app, and finds the mail in the server's folder. @returns the link in it. */
async function invite({ journal, server, outbox, browser }: Scene, app: RunningApp): Promise<string> {
  const members = new MembersPage(app.window);
  await journal.step('maya: invite two people at once in the app', async () => {
    await members.open();
    await members.invite([invited, 'lena@acme.example']);
  });
  await journal.picture(app.window, 'invited');
  await members.closeOutcomes();
  await journal.picture(app.window, 'members');
  const [mail] = mailsIn(outbox);
  const link = /https?:\/\/\S+\/invitations\/\S+/.exec(mail?.text ?? '')?.[0];
  if (mail === undefined || link === undefined) throw new Error('There is no mail with an invitation.');
  journal.note(`mail to ${String(mail.headers.get('to'))}: ${String(mail.headers.get('subject'))}`);
  const reader = await browser.newPage({ viewport: { width: 700, height: 430 } });
  // Whoever has the link and the address may join: pictures show where it leads and no more.
  await reader.setContent(mail.html.replaceAll(link, `${server.origin}/invitations/…`));
  await journal.picture(reader, 'mail');
  await reader.close();
  return link;
}

/** Priya opens the link in a browser of her own, signs in by the provider and joins. */
async function accept({ journal, browser, provider }: Scene, link: string): Promise<void> {
  const browserContext = await browser.newContext({ viewport: { width: 1100, height: 800 } });
  const tab = await browserContext.newPage();
  const invitation = new InvitationPage(tab);
  await journal.step('priya: open the link of the mail, sign in by the provider', async () => {
    await tab.goto(link);
    await signInBy(provider.settings.name, tab, invited);
    await invitation.whenAsked('Acme');
  });
  await journal.pictureInBoth(tab, 'invitation');
  const said = await journal.step('priya: join', () => invitation.join('Acme'));
  journal.note(said);
  await journal.picture(tab, 'joined');
  await browserContext.close();
}

/** From the server's page for sign-in on, by the page of the provider. */
async function signInBy(name: string, tab: Page, email: string): Promise<void> {
  const page = new ProviderPage(tab);
  await page.choose(name);
  await page.signInAs(email);
}

/** Maya makes a key that may read one of two projects. */
async function makeKey({ journal }: Scene, app: RunningApp): Promise<TakenKey> {
  const projects = new ProjectsPage(app.window);
  const [own, other] = await journal.step('maya: make the projects shop and site', async () => {
    await projects.open();
    return [await projects.make('shop'), await projects.make('site')] as const;
  });
  await journal.picture(app.window, 'projects');
  const keys = new ApiKeysPage(app.window);
  const name = 'Price list';
  const says = await journal.step('maya: choose what a new API key is for', async () => {
    await keys.open();
    await keys.describe({ name, projects: ['shop'], may: 'Read' });
    return keys.sentence.innerText();
  });
  journal.note(says);
  await journal.pictureInBoth(app.window, 'scope-picker');
  return journal.step('maya: make it and copy it, which is possible once', async () => {
    await keys.make(name);
    await keys.copy(name, 'curl command');
    const curl = await clipboardText(app);
    await keys.copy(name, 'key');
    const secret = await clipboardText(app);
    await journal.picture(app.window, 'api-key-made');
    await keys.done(name);
    return { secret, curl, own, other };
  });
}

/** What people need beside keys of their own: each other, and keys for their programs. */
export async function showTeam(scene: Scene, app: RunningApp, home: Home): Promise<void> {
  await signInByBrowser(scene, app, home);
  await accept(scene, await invite(scene, app));
  const { members } = new MembersPage(app.window);
  await scene.journal.step('maya: priya appears among the members, nothing is reloaded', () =>
    members.getByText('Priya Nair').waitFor(),
  );
  await scene.journal.picture(app.window, 'members-joined');
  await useKey(scene, home, await makeKey(scene, app));
  const keys = new ApiKeysPage(app.window);
  await scene.journal.step('maya: see in the app what used the key', async () => {
    await new ShellPage(app.window).open('Status');
    await keys.open();
    await keys.row('Price list').getByText(/curl/).waitFor();
  });
  await scene.journal.pictureInBoth(app.window, 'api-keys');
}
