import { MantineProvider } from '@mantine/core';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { defaultSettings } from '../../contracts/domain/settings.ts';
import { ApprovalWindow } from '../../renderer/features/approvals/approval-window.tsx';
import { sampleQuestion, sampleRule } from '../support/samples.ts';
import { createWorld, type World } from '../support/world.ts';
import { openPage } from './open-window.tsx';

/** Opens the approval window with a main process behind it that knows these facts. */
async function openPrompt(facts: Partial<World>) {
  const double = createWorld(facts);
  Object.assign(window, { keyhold: double.api });
  vi.useFakeTimers({ shouldAdvanceTime: true, toFake: ['setTimeout', 'clearTimeout'] });
  render(
    <MantineProvider>
      <ApprovalWindow />
    </MantineProvider>,
  );
  await screen.findByRole('heading');
  const answers = (): unknown[] =>
    double.calls.filter(({ call }) => call === 'prompt.answer').map(({ request }) => request);
  return {
    ...double,
    answers,
    user: userEvent.setup({ delay: null, advanceTimers: vi.advanceTimersByTime }),
  };
}

function button(name: 'Allow' | 'Deny'): HTMLElement {
  return screen.getByRole('button', { name });
}

async function armed(): Promise<void> {
  await waitFor(() => {
    expect(button('Allow').getAttribute('aria-disabled')).toBe('false');
  });
}

describe('a question', () => {
  it('says who asks, for what and on whose behalf, with Deny in focus', async () => {
    await openPrompt({ questions: [sampleQuestion({ requests: 50 }), sampleQuestion()] });
    expect(screen.getByRole('heading').textContent).toBe('Let skopeo sign in to registry.acme.example?');
    expect(screen.getByText('/usr/bin/skopeo')).toBeDefined();
    expect(screen.getByText('make ← bash ← gnome-terminal-')).toBeDefined();
    expect(screen.getByText('50 wait for this answer')).toBeDefined();
    expect(screen.getByText('1 more question')).toBeDefined();
    expect(document.activeElement).toBe(button('Deny'));
  });

  it('takes no click and no key in its first half second', async () => {
    const { user, answers } = await openPrompt({ questions: [sampleQuestion()] });
    await user.click(button('Allow'));
    await user.keyboard('{Enter}');
    expect(answers()).toEqual([]);
    await armed();
    await user.selectOptions(screen.getByLabelText('Remember the answer'), 'For 1 hour');
    await user.click(button('Allow'));
    expect(answers()).toEqual([{ questionId: sampleQuestion().id, verdict: 'allow', remember: '1h' }]);
  });

  it('that comes next is armed anew and starts without a memory', async () => {
    const next = sampleQuestion({ id: '3b241101-e2bb-4255-8caf-4136c566a999', host: 'next.example' });
    const { user, answers } = await openPrompt({ questions: [sampleQuestion(), next] });
    await armed();
    await user.selectOptions(screen.getByLabelText('Remember the answer'), 'Always');
    await user.click(button('Deny'));
    await screen.findByText('next.example');
    await user.click(button('Allow'));
    expect(answers()).toHaveLength(1);
    await armed();
    await user.click(button('Deny'));
    expect(answers()[1]).toEqual({ questionId: next.id, verdict: 'deny', remember: 'once' });
  });

  it('of an unknown program cannot be remembered', async () => {
    await openPrompt({ questions: [sampleQuestion({ caller: null, purpose: 'token' })] });
    expect(screen.getByRole('heading').textContent).toBe(
      'Let an unknown program have a token for registry.acme.example?',
    );
    expect(screen.getByLabelText<HTMLSelectElement>('Remember the answer').disabled).toBe(true);
  });

  it('stays with what went wrong when the answer was not taken', async () => {
    const { user } = await openPrompt({
      questions: [sampleQuestion()],
      failures: { 'prompt.answer': { code: 'storage_failed' } },
    });
    await armed();
    await user.click(button('Allow'));
    expect(await screen.findByRole('alert')).toBeDefined();
    expect(button('Allow').getAttribute('aria-busy')).toBeNull();
  });
});

describe('the approvals page', () => {
  const rules = [
    sampleRule(),
    sampleRule({
      id: '3b241101-e2bb-4255-8caf-4136c566a902',
      program: 'bash',
      verdict: 'deny',
      holds: 'lock',
    }),
  ];

  it('lists the remembered answers and forgets them', async () => {
    const { user, requests } = await openPage('Approvals', { rules });
    const row = await screen.findByRole('row', { name: /bash/ });
    expect(within(row).getByText('Denied')).toBeDefined();
    expect(within(row).getByText('Until Keyhold locks')).toBeDefined();
    await user.click(within(row).getByRole('button', { name: 'Forget the answer for bash and Production' }));
    await waitFor(() => {
      expect(screen.queryByRole('row', { name: /bash/ })).toBeNull();
    });
    expect(requests('approvals.remove')).toEqual([{ ruleId: rules[1]?.id }]);
  });

  it('turns asking on, and says what that means', async () => {
    const { user, requests } = await openPage('Approvals');
    expect(await screen.findByText(/^Keyhold does not ask/)).toBeDefined();
    await user.click(screen.getByRole('switch', { name: 'Ask before a program uses a context' }));
    expect(requests('settings.change')).toEqual([{ askBeforeUse: true }]);
    expect(await screen.findByText(/^Keyhold asks about every program/)).toBeDefined();
  });

  it('shows what was answered meanwhile', async () => {
    const { world, emit } = await openPage('Approvals', {
      settings: {
        settings: { ...defaultSettings, askBeforeUse: true },
        startAtLogin: false,
        tray: true,
        setAside: false,
      },
    });
    await screen.findByText('No answer is remembered');
    world.rules = rules;
    emit('approvalsChanged');
    expect(await screen.findByRole('row', { name: /bash/ })).toBeDefined();
  });
});
