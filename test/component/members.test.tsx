import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { productionId, sampleContext } from '../support/samples.ts';
import { sampleActing, sampleInvitation, sampleMember, sampleTeam, teamId } from '../support/samples-team.ts';
import { fill, openPage, type OpenWindow } from './open-window.tsx';

const button = (name: string | RegExp): HTMLElement => screen.getByRole('button', { name });
const place = { contextId: productionId, org: 'acme' };
const viewer = { acting: sampleActing({ role: 'viewer', userId: teamId('u', 3) }) };
const admin = { acting: sampleActing({ role: 'admin', userId: teamId('u', 2) }) };

async function openMember({ user }: OpenWindow, name: string) {
  await user.click(await screen.findByRole('button', { name }));
  return within(await screen.findByRole('dialog', { name }));
}

describe('members', () => {
  it('are listed with their role, and found by name or address', async () => {
    const members = Array.from({ length: 200 }, (_, index) =>
      sampleMember({
        userId: teamId('u', index + 1),
        username: `person-${String(index)}`,
        name: `Person ${String(index)}`,
      }),
    );
    const { user } = await openPage('Members', { members });
    const row = (await screen.findByRole('button', { name: 'Person 0' })).closest('tr');
    expect(row?.textContent).toContain('owner');
    await fill(user, screen.getByLabelText('Filter by name or email'), 'person-177@acme');
    expect(screen.getByRole('button', { name: 'Person 177' })).toBeDefined();
    expect(screen.getByText('1 of 200 members')).toBeDefined();
  });

  it('get another role, which says when it counts before and after', async () => {
    const opened = await openPage('Members');
    const sheet = await openMember(opened, 'Jonas Weber');
    const change = sheet.getByRole('button', { name: 'Change role' });
    expect(change.getAttribute('aria-disabled')).toBe('true');
    await opened.user.click(sheet.getByRole('radio', { name: 'Owner' }));
    sheet.getByText(/^Counts for a session once it is renewed/);
    await opened.user.click(sheet.getByRole('radio', { name: 'Viewer' }));
    sheet.getByText(/^Counts at once/);
    await opened.user.click(change);
    await screen.findByText('Jonas Weber is a viewer now');
    expect(opened.requests('members.changeRole')).toEqual([
      { ...place, userId: teamId('u', 2), role: 'viewer' },
    ]);
    await waitFor(() => {
      expect(screen.getByRole('button', { name: 'Jonas Weber' }).closest('tr')?.textContent).toContain(
        'viewer',
      );
    });
  });

  it('keep their role where the service refuses, and it says why', async () => {
    const opened = await openPage('Members', { failures: { 'members.changeRole': { code: 'member_gone' } } });
    const sheet = await openMember(opened, 'Jonas Weber');
    await opened.user.click(sheet.getByRole('radio', { name: 'Member' }));
    await opened.user.click(sheet.getByRole('button', { name: 'Change role' }));
    await screen.findByText('That person is no member any more');
  });

  it('are removed after a question', async () => {
    const opened = await openPage('Members');
    const sheet = await openMember(opened, 'Sofia Almeida');
    await opened.user.click(sheet.getByRole('button', { name: 'Remove from acme…' }));
    await opened.user.click(await screen.findByRole('button', { name: 'Remove member' }));
    await screen.findByText('Sofia Almeida no longer belongs to Acme Industries');
    expect(opened.requests('members.remove')).toEqual([{ ...place, userId: teamId('u', 3) }]);
    expect(screen.queryByRole('button', { name: 'Sofia Almeida' })).toBeNull();
  });

  it('of whom one is the only owner cannot leave, and another owner can', async () => {
    const opened = await openPage('Members');
    const sheet = await openMember(opened, 'Maya Chen');
    sheet.getByText(/^You are the only owner/);
    sheet.getByText(/^The only owner stays one/);
    expect(sheet.queryByRole('button', { name: /Leave/ })).toBeNull();
    await opened.user.keyboard('{Escape}');
    opened.world.members = opened.world.members.map((each) => ({ ...each, role: 'owner' }));
    opened.emit('organizationChanged', { contextId: productionId, lists: ['members'] });
    await waitFor(() => {
      expect(button('Jonas Weber').closest('tr')?.textContent).toContain('owner');
    });
    const again = await openMember(opened, 'Maya Chen');
    await opened.user.click(again.getByRole('button', { name: 'Leave acme…' }));
    await opened.user.click(await screen.findByRole('button', { name: 'Leave organization' }));
    await screen.findByText('You left Acme Industries');
    expect(opened.requests('orgs.leave')).toEqual([place]);
  });

  it('are not offered to be changed by who may not, and it says who may', async () => {
    const opened = await openPage('Members', viewer);
    expect(screen.queryByRole('button', { name: 'Invite people' })).toBeNull();
    screen.getByText('Only admins and owners of acme may see its invitations.');
    expect(opened.requests('invitations.list')).toEqual([]);
    const sheet = await openMember(opened, 'Jonas Weber');
    sheet.getByText('Only admins and owners of acme may change its members.');
    expect(sheet.queryByRole('radio')).toBeNull();
    await opened.user.keyboard('{Escape}');
    const own = await openMember(opened, 'Sofia Almeida');
    expect(own.getByRole('button', { name: 'Leave acme…' })).toBeDefined();
  });

  it('are given roles up to admin by admins; owners stay as they are for them', async () => {
    const opened = await openPage('Members', admin);
    const sheet = await openMember(opened, 'Sofia Almeida');
    expect(sheet.queryByRole('radio', { name: 'Owner' })).toBeNull();
    sheet.getByText('Only owners make owners.');
    await opened.user.keyboard('{Escape}');
    const owner = await openMember(opened, 'Maya Chen');
    owner.getByText('Only owners may change the role of an owner.');
  });

  it('are not asked for without a key, nor in no organization', async () => {
    const contexts = [sampleContext({ state: 'signed_out' })];
    const { requests } = await openPage('Members', { contexts });
    await screen.findByRole('heading', { name: 'You are signed out' });
    expect([...requests('orgs.acting'), ...requests('members.list')]).toEqual([]);
  });

  it('of a personal organization are its owner alone', async () => {
    await openPage('Members', {
      acting: sampleActing({ org: { slug: 'maya', name: 'Maya Chen', kind: 'personal' } }),
      members: sampleTeam().members.slice(1, 2),
    });
    await screen.findByText(/is your personal organization/);
    expect(screen.queryByRole('heading', { name: 'Invitations' })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Invite people' })).toBeNull();
  });

  it('that cannot be read can be read again', async () => {
    const { user, world } = await openPage('Members', {
      failures: { 'orgs.acting': { code: 'server_unreachable' } },
    });
    await screen.findByText('The service cannot be reached');
    world.failures = { 'members.list': { code: 'server_unreachable' } };
    await user.click(button('Try again'));
    await screen.findByRole('heading', { name: 'Invitations' });
    world.failures = {};
    await user.click(await screen.findByRole('button', { name: 'Try again' }));
    await screen.findByRole('button', { name: 'Jonas Weber' });
  });

  it('are read anew when another context’s organization is shown, and not mixed with the first', async () => {
    const opened = await openPage('Members');
    opened.world.contexts = [sampleContext({ org: 'northwind' })];
    opened.world.acting = sampleActing({
      org: { slug: 'northwind', name: 'Northwind Traders', kind: 'team' },
    });
    opened.world.members = [sampleMember({ name: 'Tara Nord' })];
    opened.emit('contextsChanged');
    await screen.findByText(/^Who belongs to Northwind Traders/);
    await screen.findByRole('button', { name: 'Tara Nord' });
    expect(screen.queryByRole('button', { name: 'Jonas Weber' })).toBeNull();
    expect(opened.requests('members.list').at(-1)).toEqual({ contextId: productionId, org: 'northwind' });
  });
});

describe('invitations', () => {
  const openInvite = async ({ user }: OpenWindow) => {
    await user.click(await screen.findByRole('button', { name: 'Invite people' }));
    return within(await screen.findByRole('dialog'));
  };

  it('go out to several pasted addresses, and say what became of each', async () => {
    const opened = await openPage('Members');
    const dialog = await openInvite(opened);
    const text = 'Per Berg <per@acme.example>; lena@acme.example\njonas@acme.example PER@acme.example';
    await fill(opened.user, dialog.getByLabelText('Email addresses'), text);
    await opened.user.selectOptions(dialog.getByLabelText('They join as'), 'admin');
    await opened.user.click(dialog.getByRole('button', { name: 'Invite 3 people' }));
    const result = async (email: string) => (await dialog.findByText(email)).closest('li')?.textContent ?? '';
    expect(await result('per@acme.example')).toContain('Invited');
    expect(await result('lena@acme.example')).toContain('Invited before');
    expect(await result('jonas@acme.example')).toContain('Belongs to it already.');
    dialog.getByText('1 person of 3 invited.');
    const emails = ['per@acme.example', 'lena@acme.example', 'jonas@acme.example'];
    expect(opened.requests('invitations.send')).toEqual([{ ...place, emails, role: 'admin' }]);
    await opened.user.click(dialog.getByRole('button', { name: 'Done' }));
    await within(await screen.findByRole('table', { name: 'Invitations' })).findByText('per@acme.example');
  });

  it.each([
    ['lena@acme.example, jonas at acme', /^Not an address: jonas, at, acme/],
    [' ,;', /^Enter an address/],
    [
      Array.from({ length: 51 }, (_, index) => `p${String(index)}@acme.example`).join(),
      /^51 addresses are too many/,
    ],
  ])('are not sent for %j', async (text, words) => {
    const opened = await openPage('Members');
    const dialog = await openInvite(opened);
    await fill(opened.user, dialog.getByLabelText('Email addresses'), text);
    await opened.user.click(dialog.getByRole('button', { name: /^Invite/ }));
    await dialog.findByText(words);
    expect(opened.requests('invitations.send')).toEqual([]);
  });

  it('keep what was typed when the service does not answer', async () => {
    const opened = await openPage('Members', {
      failures: { 'invitations.send': { code: 'server_unreachable' } },
    });
    const dialog = await openInvite(opened);
    await fill(opened.user, dialog.getByLabelText('Email addresses'), 'per@acme.example');
    await opened.user.click(dialog.getByRole('button', { name: 'Invite' }));
    await dialog.findByText('The service cannot be reached');
    expect(dialog.getByLabelText('Email addresses')).toHaveProperty('value', 'per@acme.example');
  });

  async function choose({ user }: OpenWindow, email: string, item: string): Promise<void> {
    await user.click(await screen.findByRole('button', { name: `Actions for ${email}` }));
    await user.click(await screen.findByRole('menuitem', { name: item }));
  }

  it('are sent again, and say when the mail could not go out', async () => {
    const opened = await openPage('Members');
    await choose(opened, 'omar@acme.example', 'Send again');
    await screen.findByText('Sent again');
    opened.world.mails = 'unsent';
    await choose(opened, 'omar@acme.example', 'Send again');
    await screen.findByText(/could not send the mail/);
    expect(opened.requests('invitations.resend')).toEqual(Array(2).fill({ ...place, id: teamId('inv', 2) }));
  });

  it('whose service sends no mail are handed on by their link, which main copies', async () => {
    const opened = await openPage('Members', { mails: 'link' });
    await choose(opened, 'omar@acme.example', 'Send again');
    const dialog = within(await screen.findByRole('dialog', { name: 'New link for omar@acme.example' }));
    await opened.user.click(dialog.getByRole('button', { name: 'Copy link' }));
    await dialog.findByRole('button', { name: /^Copied/ });
    await opened.user.click(dialog.getByRole('button', { name: 'Done' }));
    const invite = await openInvite(opened);
    await fill(opened.user, invite.getByLabelText('Email addresses'), 'per@acme.example');
    await opened.user.click(invite.getByRole('button', { name: 'Invite' }));
    await opened.user.click(await invite.findByRole('button', { name: 'Copy link' }));
    expect(opened.requests('invitations.copyLink')).toEqual([
      { id: teamId('inv', 2) },
      { id: teamId('inv', 100) },
    ]);
  });

  it('are revoked, also when somebody did it before', async () => {
    const opened = await openPage('Members');
    await choose(opened, 'lena@acme.example', 'Revoke…');
    await opened.user.click(await screen.findByRole('button', { name: 'Revoke invitation' }));
    await screen.findByText('lena@acme.example is no longer invited');
    await choose(opened, 'omar@acme.example', 'Revoke…');
    opened.world.invitations = [];
    await opened.user.click(await screen.findByRole('button', { name: 'Revoke invitation' }));
    await screen.findByText('The invitation is gone');
  });

  it('show how long they last', async () => {
    await openPage('Members', {
      invitations: [
        sampleInvitation(),
        sampleInvitation({
          id: teamId('inv', 9),
          email: 'late@acme.example',
          expiresAt: new Date(0).toISOString(),
        }),
      ],
    });
    const line = async (email: string) => (await screen.findByText(email)).closest('tr')?.textContent ?? '';
    expect(await line('lena@acme.example')).toContain('in 5 days');
    expect(await line('late@acme.example')).toContain('Ended');
  });
});
