import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecretClipboard } from '../../../../main/core/clipboard/secret-clipboard.ts';
import { LockController } from '../../../../main/core/lock/lock-controller.ts';
import { fileLogger } from '../../../../main/adapters/logger.ts';
import type { Listener, TrayPresence } from '../../../../main/core/ports.ts';
import type { TrayMenu } from '../../../../main/core/tray/tray-menu.ts';
import { TrayService, type TrayView } from '../../../../main/core/tray/tray-service.ts';
import {
  defaultSecuritySettings,
  defaultSettings,
  type SecuritySettings,
} from '../../../../contracts/domain/settings.ts';
import { OddService, userId } from '../contexts/odd-service.ts';
import { ManualClock } from '../signin/manual-clock.ts';
import { signInParts, type SignInParts } from '../signin/sign-in-parts.ts';
import { TestClipboard } from '../clipboard/test-clipboard.ts';

/** What a desktop would show; the real one is in test/e2e/tray.spec.ts. */
class View implements TrayView {
  isUp = false;
  menu: TrayMenu | null = null;
  readonly told: string[] = [];

  put(): void {
    this.isUp = true;
  }

  remove(): void {
    this.isUp = false;
  }

  show(menu: TrayMenu): void {
    this.menu = menu;
  }

  tell(title: string, text: string): void {
    this.told.push(`${title}: ${text}`);
  }

  get text(): string {
    const [first] = this.menu?.entries ?? [];
    return first?.kind === 'text' ? first.label : '';
  }
}

class Presence implements TrayPresence {
  present = false;
  #listener: Listener = () => undefined;

  onChange(listener: Listener): () => void {
    this.#listener = listener;
    return () => undefined;
  }

  become(present: boolean): void {
    this.present = present;
    this.#listener();
  }
}

let clock: ManualClock;
let service: OddService;
let parts: SignInParts;
let view: View;
let presence: Presence;
let board: TestClipboard;
let did: string[];
let settings: SecuritySettings;
let onSettings: Listener;
let tray: TrayService;
let id: string;

beforeEach(async () => {
  clock = new ManualClock(new Date('2026-11-24T12:00:00.000Z'));
  [service, parts] = await Promise.all([OddService.start(), signInParts(clock)]);
  ({ id } = await parts.add({ address: service.host, userId }));
  settings = defaultSecuritySettings;
  [view, presence, board, did] = [new View(), new Presence(), new TestClipboard(), []];
  const logger = fileLogger(parts.folder, 'silent');
  const { vault, contexts, tokens } = parts;
  const clipboard = new SecretClipboard({ clipboard: board, clock, vault, logger, seconds: () => 45 });
  const idle = { seconds: () => 0 };
  const lock = new LockController({
    vault,
    tokens,
    clock,
    idle,
    signals: [],
    settings: () => defaultSettings,
  });
  tray = new TrayService({
    security: {
      get current() {
        return settings;
      },
      onChange: (listener) => {
        onSettings = listener;
        return () => undefined;
      },
    },
    view,
    presence,
    vault,
    contexts,
    tokens,
    approvals: parts.approvals,
    clipboard,
    lock,
    logger,
    openWindow: () => did.push('open'),
    quit: () => did.push('quit'),
    onFailure: (code) => did.push(code),
  });
});
afterEach(async () => {
  await Promise.all([service.stop(), parts.dispose()]);
});

describe('the tray', () => {
  it('is up where the desktop has a place for it, as long as it has', () => {
    tray.start();
    expect(view.isUp).toBe(false);
    presence.become(true);
    expect(view.isUp).toBe(true);
    presence.become(false);
    expect(view.isUp).toBe(false);
  });

  it('follows the vault and the contexts', () => {
    tray.start();
    expect(view.text).toBe('Unlocked, Work');
    parts.vault.lock();
    expect(view.text).toBe('Locked');
  });

  it.each([
    [{}, 'Locks after 15 min without use'],
    [{ autoLockMinutes: 90 }, 'Locks after 1 h 30 min without use'],
    [{ autoLockMinutes: null, programsKeepOpenMinutes: 60 }, 'Does not lock by itself'],
    [{ programsKeepOpenMinutes: 240 }, 'Locks after 15 min without use, or 4 h of use by programs alone'],
    [{ autoLockMinutes: 60, programsKeepOpenMinutes: 60 }, 'Locks after 1 h without use'],
  ])('says when the vault locks by itself: %o', (change, words) => {
    tray.start();
    settings = { ...settings, ...change };
    onSettings();
    expect(view.menu?.entries).toContainEqual({ kind: 'text', label: words });
    parts.vault.lock();
    expect(view.menu?.entries).not.toContainEqual({ kind: 'text', label: words });
  });

  it('copies a fresh token for as long as the settings say, and says so', async () => {
    parts.contexts.markActive(id);
    await tray.act({ do: 'copy', contextId: id, ttl: '1h', form: 'curl' });
    expect(board.content).toMatch(/^curl -H 'Authorization: Bearer eyJ/);
    expect(view.told).toEqual(['curl command copied: Work, valid for 1h. It leaves the clipboard in 45 s.']);
    expect(parts.logged().slice(-2)[0]).toMatch(/^token\.minted \| Work \| 1h/);
    expect(did).toEqual([]);
  });

  describe('where programs are asked about', () => {
    const day = { do: 'copy', ttl: '24h', form: 'raw' } as const;
    const answer = (verdict: 'allow' | 'deny'): void => {
      parts.approvals.answer(parts.approvals.current().question?.id ?? '', verdict, 'always');
    };
    beforeEach(() => {
      parts.contexts.markActive(id);
      parts.asks = true;
    });

    it('asks before it copies: a click may be a message on the bus', async () => {
      const copied = tray.act({ ...day, contextId: id });
      expect(parts.approvals.current().question).toMatchObject({
        about: 'use',
        purpose: 'tray_copy',
        contextName: 'Work',
        life: 86_400,
        caller: null,
      });
      expect(board.content).toBe('');
      expect(parts.logged().join()).not.toContain('token.minted');
      answer('allow');
      await copied;
      expect(board.content).toMatch(/^eyJ/);
      expect(parts.logged().slice(-3)).toEqual([
        'approval.allowed | Work | the tray’s menu or a program on the desktop’s bus, once',
        expect.stringMatching(/^token\.minted \| Work \| 24h, key .{8}, from the tray$/),
        expect.stringMatching(/^token\.copied \| Work/),
      ]);
      expect(parts.approvals.rules(), 'never remembered').toEqual([]);
    });

    it.each(['deny', 'lock', 'wait'] as const)('copies nothing without a yes (%s)', async (how) => {
      const copied = tray.act({ ...day, contextId: id });
      if (how === 'deny') answer('deny');
      if (how === 'lock') parts.vault.lock();
      if (how === 'wait') clock.advance(60_000);
      await copied;
      expect(board.content).toBe('');
      expect(parts.logged().join()).not.toContain('token.minted');
      expect(did).toEqual([]);
    });

    it('says why nothing is asked after three noes, and asks again after a lock and unlock', async () => {
      for (let count = 0; count < 3; count += 1) {
        const denied = tray.act({ ...day, contextId: id });
        answer('deny');
        await denied;
      }
      expect(view.told).toEqual([]);
      await tray.act({ ...day, contextId: id });
      expect(view.told).toEqual([expect.stringMatching(/^Nothing copied: You said no .* lock and unlock/)]);
      parts.vault.lock();
      await parts.unlock();
      const copied = tray.act({ ...day, contextId: id });
      answer('allow');
      await copied;
      expect(board.content).toMatch(/^eyJ/);
    });

    it('makes one token of a hundred messages', async () => {
      const copies = Array.from({ length: 100 }, () => tray.act({ ...day, contextId: id }));
      expect(parts.approvals.current()).toMatchObject({ question: { requests: 1 }, more: 0 });
      answer('allow');
      await Promise.all(copies);
      expect(parts.logged().filter((entry) => entry.startsWith('token.minted'))).toHaveLength(1);
    });
  });

  it('tells in the window why a token could not be copied', async () => {
    await tray.act({ do: 'copy', contextId: id, ttl: '1h', form: 'raw' });
    expect(did).toEqual(['open', 'key_not_registered']);
    expect(view.told).toEqual([]);
  });

  it('does nothing from the menu of an unlocked time once the vault is locked', async () => {
    parts.contexts.markActive(id);
    parts.vault.lock();
    await tray.act({ do: 'copy', contextId: id, ttl: '1h', form: 'raw' });
    await tray.act({ do: 'choose', contextId: id });
    expect(board.content).toBe('');
    expect(did).toEqual(['open', 'vault_locked', 'open', 'vault_locked']);
  });

  it('locks, opens and quits', async () => {
    await tray.act({ do: 'open' });
    await tray.act({ do: 'quit' });
    expect(did).toEqual(['open', 'quit']);
    await tray.act({ do: 'lock' });
    expect(parts.vault.isUnlocked).toBe(false);
    expect(parts.logged().at(-1)).toBe('vault.locked | tray');
  });

  it('chooses the current context', async () => {
    const other = await parts.add({ address: service.host, userId: 'u_zzzzzzzzzzzzzzzz', name: 'Other' });
    await tray.act({ do: 'choose', contextId: other.id });
    expect(parts.contexts.current()?.id).toBe(other.id);
  });
});
