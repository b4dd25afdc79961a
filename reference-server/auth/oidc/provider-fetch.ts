import { isLoopbackHost } from '../../../contracts/domain/origin.ts';

/** Longest answer of a provider that is read, in bytes. */
const maxAnswer = 1024 * 1024;

/**
 * Whether a server may ask an address that a provider names: by https; by http only on this computer, and only where the
 * provider itself is there.
 *
 * @param issuer - The provider's own address.
 */
export function mayAsk(issuer: string, address: unknown): address is string {
  if (typeof address !== 'string' || !URL.canParse(address)) return false;
  const { protocol } = new URL(address);
  return protocol === 'https:' || (isLocalHttp(issuer) && isLocalHttp(address));
}

/** Whether an address is http on this computer. */
export function isLocalHttp(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'http:' && isLoopbackHost(hostname);
}

/** Asks a provider: nothing but what it may be asked, and no more of the answer than is read at all. */
export function providerFetch(issuer: string) {
  return async (address: string, init: object): Promise<Response> => {
    if (!mayAsk(issuer, address)) throw new Error('it names an address that is neither https nor its own');
    const answer = await fetch(address, init);
    return new Response(answer.body?.pipeThrough(bounded()) ?? null, answer);
  };
}

function bounded(): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > maxAnswer) throw new Error(`it answers with more than ${String(maxAnswer)} bytes`);
      controller.enqueue(chunk);
    },
  });
}
