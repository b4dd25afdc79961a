import { describe, expect, test } from 'vitest';
import { refusedSwitch } from '../../../../main/core/window/start-switches.ts';

describe('refusedSwitch', () => {
  test.each([
    [[], 'linux'],
    [['--at-login'], 'linux'],
    [['--no-sandbox', '--ozone-platform=x11', '--user-data-dir=/home/a/b=c', '--lang=de'], 'linux'],
    [['--credential-helper', 'get'], 'linux'],
    [['-psn_0_1234', '-AppleLanguages', '(de)', '-NSDocumentRevisionsDebugMode', 'YES'], 'darwin'],
  ] as const)('takes %j on %s', (args, platform) => {
    expect(refusedSwitch(args, platform)).toBeNull();
  });

  test.each([
    ['--log-net-log=/tmp/log', 'linux'],
    ['-log-net-log=/tmp/log', 'linux'],
    ['\t --log-net-log=/tmp/log', 'linux'],
    ['--at-loginx', 'linux'],
    ['--at-login --log-net-log', 'linux'],
    ['-at-login', 'linux'],
    ['--No-Sandbox', 'win32'],
    ['/log-net-log=C:/log', 'win32'],
    ['-psn_0_1234', 'linux'],
    ['--user-data-dirs=/x', 'linux'],
    ['--remote-debugging-port=0', 'linux'],
    ['--remote-debugging-pipe', 'linux'],
    [' --ssl-key-log-file=/tmp/keys', 'linux'],
    ['--log-file=/tmp/log', 'linux'],
    ['--js-flags=--expose-gc', 'linux'],
    ['--host-resolver-rules=MAP * 127.0.0.1', 'linux'],
    ['--inspect=0', 'linux'],
    ['--', 'linux'],
    ['-e', 'linux'],
  ] as const)('refuses %j on %s, wherever it stands', (text, platform) => {
    for (const args of [[text], ['--no-sandbox', text], ['--credential-helper', 'get', text]]) {
      expect(refusedSwitch(args, platform)).toBe(text.trim());
    }
  });

  test('refuses a switch behind white space that Chromium alone takes for such', () => {
    for (const space of ['\u0085', '\u180e', '\u00a0\u0085 ', '\u3000']) {
      expect(refusedSwitch([`${space}--log-net-log=C:/log${space}`], 'win32')).toBe('--log-net-log=C:/log');
    }
  });
});
