import { beforeEach, describe, expect, it } from 'vitest';
import { joinLink } from '../../../../contracts/domain/app-link.ts';
import { systemRandom } from '../../../../main/adapters/random.ts';
import { AppLinks } from '../../../../main/core/links/app-links.ts';
import { linkArgument } from '../../../../main/core/links/link-argument.ts';
import { ManualClock } from '../signin/manual-clock.ts';

const start = new Date('2026-11-24T12:00:00.000Z');
const token = 'T'.repeat(43);
const origin = 'https://kisenon.example';
const link = joinLink({ origin, token });
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

let clock: ManualClock;
let links: AppLinks;
let told: number;

beforeEach(() => {
  clock = new ManualClock(start);
  links = new AppLinks({ clock, random: systemRandom, logger: quiet });
  told = 0;
  links.onChange(() => (told += 1));
});

describe('links from outside', () => {
  it('are kept to be shown, and closed', () => {
    expect(links.open(link)).toBe(true);
    expect(links.current).toEqual({ kind: 'join', origin, token, id: expect.any(String) as string });
    links.close();
    expect(links.current).toBeNull();
    links.close();
    expect(told).toBe(2);
  });

  it('may be pasted by a person, as the mail has them; what is none changes nothing', () => {
    links.paste('https://kisenon.example/invitations/short');
    expect([links.current, told]).toEqual([null, 0]);
    links.paste(` ${origin}/invitations/${token}\n`);
    expect(links.current).toEqual({ kind: 'join', origin, token, id: expect.any(String) as string });
    expect(told).toBe(1);
  });

  it('give the secret part to their own service alone, and no longer than they are the one that is looked at', () => {
    const opened = (text: string): string => {
      links.open(text);
      return links.current?.kind === 'join' ? links.current.id : '';
    };
    const id = opened(link);
    expect(links.invitationFor(id, origin)).toBe(token);
    expect(links.invitationFor(id, 'https://evil.example')).toBeNull();
    expect(links.invitationFor(id, `${origin}:8443`)).toBeNull();
    const again = opened(link);
    expect(links.invitationFor(id, origin)).toBeNull();
    expect(links.invitationFor(again, origin)).toBe(token);
    links.close();
    expect(links.invitationFor(again, origin)).toBeNull();
  });

  it('that are none of ours are said once', () => {
    expect(links.open('keyhold://format-disk')).toBe(true);
    expect(links.current).toEqual({ kind: 'unknown' });
    links.close();
    for (let more = 0; more < 20; more += 1) expect(links.open('keyhold://again')).toBe(false);
    expect(links.current).toBeNull();
    clock.advance(10 * 60_000);
    expect(links.open('keyhold://again')).toBe(true);
  });

  it('that are none of ours do not push aside one that waits, nor do they quieten it', () => {
    links.open(link);
    expect(links.open('keyhold://')).toBe(false);
    expect(links.current?.kind).toBe('join');
    links.close();
    links.open('keyhold://');
    expect(links.open(link)).toBe(true);
    expect(links.current?.kind).toBe('join');
  });

  it('are not kept quiet for hours by a clock that was set back', () => {
    links.open('keyhold://');
    links.close();
    clock.set(new Date(start.getTime() - 3600_000));
    expect(links.open('keyhold://')).toBe(true);
  });

  it('leave nothing of themselves in the log', () => {
    const said: unknown[] = [];
    const logger = { ...quiet, warn: (...facts: unknown[]) => void said.push(facts) };
    new AppLinks({ clock, random: systemRandom, logger }).open(`keyhold://evil?token=${token}\u001b[2J`);
    expect(said).toEqual([['link.refused', { length: 68 }]]);
  });
});

describe('the command line', () => {
  it.each([
    ['no link', ['/opt/keyhold', '--at-login'], null],
    ['a link', ['/opt/keyhold', link], link],
    ['a link in capitals, which is none of ours', ['KEYHOLD://join'], 'KEYHOLD://join'],
    ['two links, which are none of ours', [link, link], `${link} ${link}`],
    ['what only begins alike', ['keyholder://x', 'keyhold'], null],
  ])('with %s', (_what, args, expected) => {
    expect(linkArgument(args)).toBe(expected);
  });
});
