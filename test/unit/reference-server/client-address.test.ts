import type { IncomingMessage } from 'node:http';
import { BlockList } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  clientAddress,
  networkOf,
  parseTrustedProxies,
} from '../../../reference-server/http/client-address.ts';

const trusted = parseTrustedProxies(['10.0.0.0/8', '192.0.2.7', 'fd00::/8', '::1']);
if (trusted === null) throw new Error('not a list');

const request = (peer: string, forwarded?: string) =>
  ({
    socket: { remoteAddress: peer },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

describe('the address of a client', () => {
  it.each([
    // No proxy: what the header says does not count, whatever it is.
    ['203.0.113.5', undefined, '203.0.113.5'],
    ['203.0.113.5', '198.51.100.1', '203.0.113.5'],
    ['203.0.113.5', '10.0.0.1', '203.0.113.5'],
    ['192.0.2.8', '198.51.100.1', '192.0.2.8'],
    ['11.0.0.1', '198.51.100.1', '11.0.0.1'],
    // One proxy: the entry that it wrote, which is the last.
    ['10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['10.0.0.1', '1.1.1.1, 198.51.100.1', '198.51.100.1'],
    ['10.0.0.1', '1.1.1.1,198.51.100.1', '198.51.100.1'],
    ['192.0.2.7', '198.51.100.1', '198.51.100.1'],
    // Several: the rightmost that is none of them.
    ['10.0.0.1', '1.1.1.1, 198.51.100.1, 10.0.0.2', '198.51.100.1'],
    ['::1', '198.51.100.1, fd12::1, 10.0.0.2', '198.51.100.1'],
    ['10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    // No entry, and ones that are none: the proxy that passed it on.
    ['10.0.0.1', undefined, '10.0.0.1'],
    ['10.0.0.1', '', '10.0.0.1'],
    ['10.0.0.1', 'unknown', '10.0.0.1'],
    ['10.0.0.1', '198.51.100.1, nonsense', '10.0.0.1'],
    ['10.0.0.1', '198.51.100.1, nonsense, 10.0.0.2', '10.0.0.2'],
    ['10.0.0.1', '198.51.100.1,', '10.0.0.1'],
    ['10.0.0.1', '198.51.100.1,,10.0.0.2', '10.0.0.2'],
    ['10.0.0.1', '198.51.100.256', '10.0.0.1'],
    ['10.0.0.1', '0x7f000001', '10.0.0.1'],
    ['10.0.0.1', '010.0.0.2', '10.0.0.1'],
    ['10.0.0.1', '198.51.100.1 198.51.100.2', '10.0.0.1'],
    // With a port, and IPv6 in its spellings.
    ['10.0.0.1', '198.51.100.1:4711', '198.51.100.1'],
    ['10.0.0.1', '[2001:db8::1]:4711', '2001:db8::1'],
    ['10.0.0.1', '[2001:DB8:0:0::1]', '2001:db8::1'],
    ['10.0.0.1', '2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    ['10.0.0.1', 'fe80::1%eth0', 'fe80::1'],
    // IPv4 inside IPv6 is IPv4, as a peer, as a proxy and as an entry.
    ['::ffff:203.0.113.5', '198.51.100.1', '203.0.113.5'],
    ['::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['::FFFF:a00:1', '::ffff:c633:6401', '198.51.100.1'],
    ['10.0.0.1', '198.51.100.1, ::ffff:10.0.0.2', '198.51.100.1'],
  ])('of %s with %j is %s', (peer, forwarded, expected) => {
    expect(clientAddress(trusted, request(peer, forwarded))).toBe(expected);
  });

  it('is the peer where no proxy is trusted', () => {
    expect(clientAddress(new BlockList(), request('127.0.0.1', '198.51.100.1'))).toBe('127.0.0.1');
  });

  it.each([
    'localhost',
    '10.0.0.0/0',
    '::/0',
    '10.0.0.0/33',
    '10.0.0.0/08',
    'fd00::/129',
    '::ffff:10.0.0.0/104',
    '10.0.0.0/',
    '10.0.0',
    '',
    '10.0.0.1, 10.0.0.2',
  ])('is not read from a list with %j', (entry) => {
    expect(parseTrustedProxies(['10.0.0.1', entry])).toBeNull();
  });

  it.each([
    ['198.51.100.1', '198.51.100.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['1::', '1:0:0:0::/64'],
  ])('%s counts for %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
