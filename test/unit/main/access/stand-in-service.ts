import { beforeEach } from 'vitest';
import type { AccessChangeRequest } from '../../../../contracts/ipc/access.ts';
import { HttpUnreachable, type HttpClient, type HttpRequest } from '../../../../main/core/ports/http.ts';
import { ServiceCalls } from '../../../../main/core/service/service-calls.ts';

/* Services as no real one is, or is only for a moment: so they are stand-ins. */

export type Reply = { status: number; body: unknown } | 'lost';

export const place = { contextId: 'c', organization: 'acme' };
export const now = new Date('2026-05-03T10:00:00.000Z');

/** A service that answers as a test says. Its parts are new in each test. */
export class StandIn {
  asked: HttpRequest[] = [];
  /** What the log was told. */
  noted: string[] = [];
  /** What is answered to a request. */
  reply: (request: HttpRequest, path: string) => Reply = () => 'lost';

  /** What services of the app are made of. */
  parts() {
    const http: HttpClient = {
      request: (request) => {
        this.asked.push(request);
        const { pathname, search } = new URL(request.url);
        const replied = this.reply(request, `${request.method} ${pathname}${search}`);
        if (replied === 'lost') return Promise.reject(new HttpUnreachable('gone'));
        const headers = { 'content-type': 'application/json' };
        const text = replied.status === 204 ? '' : JSON.stringify(replied.body);
        return Promise.resolve({ status: replied.status, headers, text });
      },
    };
    const authorization = {
      ...{ credentialId: 'c', headers: {}, notAccepted: 'session_expired' as const, renew: null },
      note: () => undefined,
    };
    const contexts = {
      authorize: () => Promise.resolve({ origin: 'https://keyhold.example', authorization }),
      get: () => ({ id: 'c', name: 'Work', origin: 'https://keyhold.example', userId: 'u_a', org: null }),
    };
    const clock = { now: () => now, after: () => () => undefined };
    const activity = {
      append: ({ kind, detail }: { kind: string; detail: string | null }) => {
        this.noted.push(`${kind} ${detail ?? ''}`);
      },
    };
    const service = new ServiceCalls({ http, clock, contexts });
    return { service, clock, contexts, activity: activity as never };
  }

  /** Methods and paths that were asked for, without queries. */
  get paths(): string[] {
    return this.asked.map(({ method, url }) => `${method} ${new URL(url).pathname}`);
  }
}

/** A stand-in for each test of a file. */
export function standIn(made: (parts: ReturnType<StandIn['parts']>) => void): StandIn {
  const service = new StandIn();
  beforeEach(() => {
    [service.asked, service.noted, service.reply] = [[], [], () => 'lost'];
    made(service.parts());
  });
  return service;
}

export const refusal = (status: number, code: string, details?: unknown): Reply => ({
  status,
  body: { error: { code, message: 'No.', details } },
});

/** How an answer is told that is none. */
export const broken = { code: 'not_a_keyhold_server' };

/** Whom a change is about. */
export const jonas = `user:u_${'a'.repeat(26)}`;

export const principal = (facts: object = {}) => ({
  ...{ reference: 'user:u_a', kind: 'user', name: 'jonas', email: 'jonas@acme.example' },
  ...{ role: 'member', active: true, groups: [], later: 1 },
  ...facts,
});

export const change: AccessChangeRequest = {
  ...{ principal: 'user:u_a', repository: 'acme/api', actions: ['write'], expiresAt: null },
};
