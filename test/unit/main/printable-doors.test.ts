import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fileLogger } from '../../../main/adapters/logger.ts';
import { procCallers } from '../../../main/adapters/process-callers.ts';
import { jsonAnswer } from '../../../main/agent/agent-answer.ts';
import { columns, done, failed, json, lines } from '../../../main/agent/command-answer.ts';
import { findingLines } from '../../../main/agent/finding-lines.ts';
import { formatReply, replyOf } from '../../../main/agent/helper-reply.ts';
import { exportText } from '../../../main/core/activity/export.ts';
import { forPerson, shellWord } from '../../../main/core/doctor/finding.ts';
import { notificationText } from '../../../main/electron/notification-text.ts';
import { trayMenu } from '../../../main/core/tray/tray-menu.ts';
import { printableText } from '../../../contracts/domain/printable.ts';
import { call, type CallSpec } from '../../../contracts/ipc/define.ts';
import { ipcContract } from '../../../contracts/ipc/index.ts';
import { holdRules } from '../../../contracts/permissions/decision.ts';
import { answerCall } from '../../../main/ipc/answer-call.ts';
import { eventPayload } from '../../../main/ipc/event-payload.ts';
import { sampleContext } from '../../support/samples.ts';
import { sampleBrowserSignIn } from '../../support/world-signin.ts';
import { newVault, removeVaults } from './vault/vault-parts.ts';

/** Written anew, not taken from the code: what no place of one line may show. */
const steers =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffb]|[\u{e0000}-\u{e0fff}]|\p{Cs}/u;

/** Names as somebody would choose them who wants to be taken for another, or to steer the terminal. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\n',
        '\r\n',
        '\u001b[2J\u001b[1;1H',
        '\u001b]0;x\u0007',
        '\u009b31m',
        '\u202e',
        '\u2066',
      ),
      fc.constantFrom(
        '\u200b',
        '\ufeff',
        '\u00ad',
        '\u3164',
        '\ud800',
        '\u{e0041}',
        '\u0085',
        '\u2028',
        '\t',
      ),
      fc.constantFrom('=1+1', ';=cmd', '\uff1d1', '@x', '<b>', '&amp;', '"', "'", '_', '\\', 'skopeo', ' '),
      fc.string({ unit: 'binary', maxLength: 8 }),
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((parts) => parts.join(''));

afterEach(removeVaults);

const id = { id: 'x', subject: 'PATH', state: 'broken', why: 'y' } as const;

/** Every door through which a text from elsewhere reaches a terminal, a menu, a notification or a file for people. */
const doors: Readonly<Record<string, (text: string) => string[]>> = {
  'the hint of the helper': (text) =>
    formatReply(replyOf({ kind: 'refused', reason: 'denied', message: `not let ${text} use it` }))
      .replace(/\n$/, '')
      .split('\n', 2),
  'what a command says went wrong': (text) => [
    formatReply(replyOf(failed(1, 'usage', `does not know ${text}`))).replace(/\n$/, ''),
  ],
  'a table of a command': (text) => [columns([['a', text, 'b']])],
  'a line of a command': (text) => [lines([`${text} is the current context.`])],
  'the Doctor on a terminal': (text) =>
    findingLines(forPerson({ ...id, found: `leads to ${text}` }, `do ${text}`, `mv ${shellWord(text)}`)).map(
      (line) => lines([line]),
    ),
  'JSON on a terminal': (text) => [json({ name: text }), jsonAnswer(400, { message: text }).body.trimEnd()],
  'the tray': (text) => {
    const context = sampleContext({ name: text });
    const menu = trayMenu({
      vault: 'unlocked',
      locking: 'Locks after 15 min without use',
      contexts: [context, sampleContext({ current: false })],
      more: 0,
    });
    return [menu.tooltip, ...menu.entries.flatMap((entry) => ('label' in entry ? [entry.label] : []))];
  },
  'a notification': (text) => [notificationText(text)],
};

describe('a text from elsewhere', () => {
  it.each(Object.entries(doors))('is one line that can be seen in %s', (_name, door) => {
    fc.assert(
      fc.property(nasty, (text) => {
        for (const line of door(text)) expect(line).not.toMatch(steers);
      }),
    );
  });

  it('cannot become further lines of a command’s answer', () => {
    const rows = columns([
      ['*', 'Work\n  evil  bot:x'],
      [' ', 'Other'],
    ]);
    expect(formatReply(replyOf(done(rows))).split('\n')).toHaveLength(4);
  });

  it('is no markup in a notification', () => {
    expect(notificationText('<a href="x">&lt;')).toBe('‹a href="x"›＆lt;');
  });

  it('means the same as JSON', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(JSON.parse(json({ text }))).toEqual(JSON.parse(JSON.stringify({ text })));
      }),
    );
  });

  it('leaves what people write as it is', () => {
    for (const text of [
      'Produktion (Köln)',
      '日本 東京',
      'מפתח',
      '👩‍💻 ❤️ laptop',
      'a_b & c',
      'naïve e\u0301',
    ]) {
      expect(columns([[text]])).toBe(text);
    }
  });
});

it('the log of activity and its exports hold texts on one line, and no formula', async () => {
  const { activity } = await newVault();
  fc.assert(
    fc.property(nasty, (text) => {
      activity.append({ kind: 'helper.refused', contextName: text, detail: `${text}, \u001b[31m` });
      const rows = activity.rows().slice(-1);
      expect(rows[0]?.context_name).not.toMatch(steers);
      expect(rows[0]?.detail).not.toMatch(steers);
      // A file of the vault that somebody else wrote to.
      const planted = rows.map((row) => ({ ...row, context_name: text, detail: text }));
      const csv = exportText(planted, 'csv').trimEnd().split('\r\n');
      expect(csv).toHaveLength(2);
      expect(csv[1]).not.toMatch(steers);
      expect(csv[1]).not.toMatch(/[,;|"]\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/);
      expect(exportText(planted, 'json').replaceAll('\n', '')).not.toMatch(steers);
    }),
    { numRuns: 50 },
  );
});

it('the window gets no text that turns or hides its surroundings, of any call', async () => {
  const spec = call({ request: z.undefined(), response: z.any() });
  const logger = fileLogger(tmpdir(), 'silent');
  await fc.assert(
    fc.asyncProperty(nasty, async (text) => {
      const answer = { question: { caller: { path: text, parents: [{ pid: 1, name: text }] } }, more: 0 };
      const result = await answerCall({
        name: 'a.b',
        spec,
        handler: () => answer,
        args: [undefined],
        vault: { isUnlocked: true },
        logger,
      });
      expect(JSON.parse(JSON.stringify(result), stripped)).toEqual(JSON.parse(JSON.stringify(result)));
      expect(JSON.stringify(result)).not.toMatch(/\u202e|\u009b|\\u001b|\ufeff/);
    }),
  );
});

describe('what is decided by, saved again or copied', () => {
  const logger = fileLogger(tmpdir(), 'silent');
  const answered = async (spec: CallSpec, answer: unknown): Promise<unknown> => {
    const vault = { isUnlocked: true };
    const anyRequest = { ...spec, request: z.undefined() };
    const handler = () => answer;
    return await answerCall({ name: 'a.b', spec: anyRequest, handler, args: [undefined], vault, logger });
  };
  const { rules, remoteKeys, tokenSignIn } = ipcContract.calls;

  it('comes to the window as it is, and all beside it can be seen', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, async (text) => {
        const seen = printableText(text);
        const role = { id: crypto.randomUUID(), name: 'Signer', text, tests: [], changedAt: text };
        const sameRole = { ...role, changedAt: seen };
        expect(await answered(rules.roles, [role])).toEqual({ ok: true, value: [sameRole] });
        expect(await answered(rules.saveRole, role)).toEqual({ ok: true, value: sameRole });

        const standing = { permissions: [text], isAll: true, state: null, algorithms: [] };
        expect(await answered(remoteKeys.standing, { ...standing, subject: text })).toEqual({
          ok: true,
          value: { ...standing, subject: seen },
        });
        const decrypted = { text, bytes: 1 };
        expect(await answered(remoteKeys.decrypt, { ...decrypted, fileName: text })).toEqual({
          ok: true,
          value: { ...decrypted, fileName: seen },
        });

        const none = { kid: null, issuer: null, audience: [], issuedAt: null, notBefore: null, endsAt: null };
        const claims = { ...none, algorithm: 'RS256', permissions: [text] };
        expect(await answered(tokenSignIn.read, { ...claims, subject: text })).toEqual({
          ok: true,
          value: { ...claims, subject: seen },
        });
      }),
      { numRuns: 50 },
    );
  });

  it.each(['tkeeper.key.*.sign\ufeff', 'tkeeper.key.*.sign\u2028', 'tkeeper.key.*.sign\r'])(
    'is refused where its keeper refuses it: %j',
    async (bad) => {
      const standing = { subject: 'ada', isAll: true, state: null, algorithms: [] };
      const permissions = ['tkeeper.key.*.sign', bad];
      const answer = await answered(remoteKeys.standing, { ...standing, permissions });
      const { value } = z.object({ value: z.object({ permissions: z.array(z.string()) }) }).parse(answer);
      expect(holdRules(permissions).decide('tkeeper.key.a.sign').because).toBe('bad_rule');
      expect(holdRules(value.permissions).decide('tkeeper.key.a.sign').because).toBe('bad_rule');
    },
  );
});

it('nor of any event', () => {
  fc.assert(
    fc.property(nasty, (text) => {
      const state = { ...sampleBrowserSignIn(), name: text, serviceName: text, who: text };
      const payload = JSON.stringify(eventPayload('browserSignInChanged', state));
      expect(JSON.parse(payload, stripped)).toEqual(JSON.parse(payload));
      expect(payload).not.toMatch(/\u202e|\u009b|\\u001b|\ufeff/);
    }),
  );
});

/** Line feeds and tabs are as harmless in a page as spaces. */
function stripped(_name: string, value: unknown): unknown {
  return typeof value === 'string'
    ? value.replaceAll(new RegExp(`(?![\\n\\t])${steers.source}`, 'gu'), '')
    : value;
}

describe('on the disk', () => {
  let folder = '';
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('a line of the log steers no terminal that it is read on', async () => {
    folder = mkdtempSync(join(tmpdir(), 'keyhold-lines-'));
    fileLogger(folder, 'info').error('failed', new Error('x\u001b[31m\u009b1m\u202e\n{"level":30}'));
    const path = join(folder, 'logs', 'keyhold.log');
    await expect.poll(() => existsSync(path) && readFileSync(path, 'utf8')).toMatch(/\n$/);
    const text = readFileSync(path, 'utf8').trimEnd();
    expect(text.split('\n')).toHaveLength(1);
    expect(text).not.toMatch(steers);
    expect(JSON.parse(text)).toMatchObject({ error: { message: 'x\u001b[31m\u009b1m\u202e\n{"level":30}' } });
  });

  it.skipIf(process.platform !== 'linux')('a program’s own name is shown, not obeyed', async () => {
    folder = mkdtempSync(join(tmpdir(), 'keyhold-callers-'));
    const path = join(folder, 'podman\n\u001b[2K\u202enope');
    await copyFile('/bin/sh', path);
    const child = spawn(path, ['-c', 'sh -c "echo \\$\\$; read _"; true'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const caller = procCallers.callerOf(Number(line.toString('utf8')));
    child.kill('SIGKILL');
    expect(caller).toMatchObject({ program: 'podman\\u{a}\\u{1b}[2K\\u{202e}nope', path });
  });
});
