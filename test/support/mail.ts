import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';

/** A mail as its reader sees it. */
export interface ReadMail {
  raw: string;
  /** Names in lower case, each with its decoded values. */
  headers: Map<string, string[]>;
  text: string;
  html: string;
}

/** Reads a mail (RFC 5322, 2045, 2047) of the forms that the server writes. */
export function readMail(raw: string): ReadMail {
  const [head, body] = cutHead(raw);
  const boundary = /boundary="([^"]+)"/.exec(head)?.[1] ?? '';
  const parts = body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => cutHead(part.replace(/^\r\n|\r\n$/g, '')));
  const part = (type: string) => {
    const found = parts.find(([partHead]) => partHead.toLowerCase().includes(`content-type: ${type}`));
    return found === undefined ? '' : decodeBody(...found);
  };
  const headers = new Map<string, string[]>();
  for (const line of head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const [name = '', value = ''] = line.split(/:\s*(.*)/s);
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), decodeWords(value)]);
  }
  return { raw, headers, text: part('text/plain'), html: part('text/html') };
}

function cutHead(text: string): [head: string, body: string] {
  const at = text.indexOf('\r\n\r\n');
  return [text.slice(0, at), text.slice(at + 4)];
}

function decodeBody(head: string, body: string): string {
  const coding = /content-transfer-encoding: (\S+)/i.exec(head)?.[1]?.toLowerCase();
  if (coding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  return coding === 'quoted-printable' ? decodeQuoted(body.replaceAll('=\r\n', '')) : body;
}

function decodeQuoted(text: string): string {
  const bytes = text.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function decodeWords(value: string): string {
  return value
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, coding: string, text: string) =>
      coding.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64').toString('utf8')
        : decodeQuoted(text.replaceAll('_', ' ')),
    );
}

/** The mails in a folder, the oldest first. */
export function mailsIn(folder: string): ReadMail[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.eml'))
    .toSorted()
    .map((name) => readMail(readFileSync(join(folder, name), 'utf8')));
}

/** The secret end of the invitation's link in a mail. */
export function invitationTokenIn({ text }: ReadMail): string {
  const token = /\/invitations\/([A-Za-z0-9_-]{43})(?=\s)/.exec(text)?.[1];
  if (token === undefined) throw new Error('The mail has no link of an invitation.');
  return token;
}

/** A real mail server on this computer. */
export interface MailServer {
  port: number;
  /** What has arrived, with its envelope. */
  mails: (ReadMail & { from: string; to: string[]; user: string | undefined })[];
  stop(): Promise<void>;
}

/**
 * Starts a mail server.
 *
 * @param refused - Addresses that it takes nothing for.
 * @param onMail - Is waited for before a mail is taken.
 */
export async function startMailServer(
  options: SMTPServerOptions & {
    refused?: readonly string[];
    onMail?: () => Promise<unknown>;
    port?: number;
  } = {},
): Promise<MailServer> {
  const { refused = [], onMail = () => Promise.resolve(), port = 0, ...others } = options;
  const mails: MailServer['mails'] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onRcptTo: ({ address }, _session, done) => {
      done(
        refused.includes(address) ? Object.assign(new Error('No such user'), { responseCode: 550 }) : null,
      );
    },
    onData: (stream, session, done) => {
      const { envelope } = session;
      const user = session.user as string | undefined;
      void (async () => {
        const raw = (await buffer(stream)).toString('utf8');
        await onMail();
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        mails.push({ ...readMail(raw), from, to: envelope.rcptTo.map(({ address }) => address), user });
        done();
      })();
    },
    ...others,
  });
  server.on('error', () => undefined);
  const listening = server.listen(port, '127.0.0.1');
  await once(listening, 'listening');
  return {
    port: (listening.address() as AddressInfo).port,
    mails,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}
