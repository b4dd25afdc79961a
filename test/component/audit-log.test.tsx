import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { productionId } from '../support/samples.ts';
import { teamId } from '../support/samples-team.ts';
import { sampleAuditEntry, sampleOwnUser, sampleUsersContext } from '../support/samples-users.ts';
import { openPage } from './open-window.tsx';

const contexts = [sampleUsersContext()];
const open = (facts: Parameters<typeof openPage>[1] = {}) => openPage('Audit log', { contexts, ...facts });
const names = (): (string | null)[] =>
  [...document.querySelectorAll('[data-name]')].map(({ textContent }) => textContent);

describe('the audit log of a service', () => {
  it('is narrowed by action and days', async () => {
    const { user, requests } = await open();
    expect(names()).toEqual([
      ...['User role changed', 'Repository permission changed', 'Login failed', 'API token created'],
    ]);
    await user.selectOptions(screen.getByLabelText('Action'), 'LOGIN_FAILED');
    await waitFor(() => {
      expect(names()).toEqual(['Login failed']);
    });
    fireEvent.change(screen.getByLabelText('First day'), { target: { value: '2020-01-31' } });
    fireEvent.change(screen.getByLabelText('Last day'), { target: { value: '2020-02-01' } });
    await screen.findByText('No event fits the filter.');
    const { from, to } = requests('audit.list').at(-1) as { from: string; to: string };
    expect(Date.parse(to) - Date.parse(from)).toBe(2 * 86_400_000 - 1);
    expect(new Date(from).getHours()).toBe(0);
  });

  it('says all of an event, and shows what is like it', async () => {
    const { user, requests } = await open();
    await user.click(screen.getByRole('button', { name: 'User role changed' }));
    const sheet = within(await screen.findByRole('dialog', { name: 'User role changed' }));
    for (const words of ['USER_ROLE_CHANGED', 'user jonas', '203.0.113.9', 'admin']) sheet.getByText(words);
    await user.click(sheet.getByRole('button', { name: 'Only by maya' }));
    await waitFor(() => {
      expect(names()).toEqual(['User role changed', 'Repository permission changed']);
    });
    expect(requests('audit.list').at(-1)).toEqual({
      ...{ contextId: productionId, userId: teamId('u', 1), page: 1 },
    });
    await user.click(screen.getByRole('button', { name: 'Only by maya' }));
    await waitFor(() => {
      expect(names()).toHaveLength(4);
    });
  });

  it('is read page after page', async () => {
    const auditEntries = Array.from({ length: 150 }, (_, index) => sampleAuditEntry({ id: String(index) }));
    const { user, requests } = await open({ auditEntries });
    await screen.findByText('100 of 150 events');
    await user.click(screen.getByRole('button', { name: 'Load more' }));
    await waitFor(() => {
      expect(screen.queryByRole('button', { name: 'Load more' })).toBeNull();
    });
    expect(requests('audit.list')).toMatchObject([{ page: 1 }, { page: 2 }]);
  });

  it('is verified by its service, where that can', async () => {
    const { user } = await open({ auditBrokenAt: 102 });
    await user.click(screen.getByRole('button', { name: 'Verify log' }));
    await screen.findByText('The log was changed at event 102');
  });

  it('is not said to be verifiable where its service has no request for it', async () => {
    await open({ contexts: [sampleUsersContext({ capabilities: ['users', 'audit'] })] });
    expect(screen.queryByRole('button', { name: 'Verify log' })).toBeNull();
  });

  it('is exported as it is narrowed', async () => {
    const { user, requests } = await open();
    await user.selectOptions(screen.getByLabelText('Action'), 'LOGIN_FAILED');
    await user.click(screen.getByRole('button', { name: 'Export' }));
    await user.click(await screen.findByRole('menuitem', { name: 'CSV, filtered events…' }));
    await screen.findByText('Audit log exported');
    expect(requests('audit.export')).toEqual([
      { contextId: productionId, action: 'LOGIN_FAILED', format: 'csv' },
    ]);
  });

  it('names the right that somebody lacks, and is not shown the way to', async () => {
    await open({
      ownUser: sampleOwnUser({ role: 'user' }),
      failures: { 'audit.list': { code: 'not_allowed' } },
    });
    await screen.findByText('The audit log is for administrators and owners at Acme Registry');
    expect(screen.queryByRole('link', { name: 'Audit log' })).toBeNull();
  });
});
