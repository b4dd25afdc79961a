import { createReadStream } from 'node:fs';
import type { JwtAuth } from '../../config/keeper.ts';
import { codeOf } from '../../error-code.ts';

/** Longest key set that is read, in bytes. */
const maxBytes = 256 * 1024;
/** How long it may take to come, in milliseconds. */
const patience = 5_000;

/**
 * Reads the text of a key set, and no more of it than is read at all. Redirects are followed nowhere: the address is
 * what was decided to be trusted.
 *
 * @throws Error that says in a few words why it cannot be had.
 */
export async function readSource(source: JwtAuth['jwks'], stop: AbortSignal): Promise<string> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(patience)]);
  try {
    return 'file' in source
      ? await textOf(createReadStream(source.file, { signal }) as AsyncIterable<Uint8Array>)
      : await fetched(source.url, signal);
  } catch (error) {
    throw signal.aborted
      ? new Error(`it did not come in ${String(patience / 1000)} seconds`)
      : wordsOf(error);
  }
}

async function fetched(url: string, signal: AbortSignal): Promise<string> {
  const answer = await fetch(url, {
    signal,
    redirect: 'manual',
    headers: { accept: 'application/jwk-set+json, application/json' },
  });
  if (answer.status !== 200 || answer.body === null) {
    await answer.body?.cancel();
    throw new SourceProblem(
      answer.status >= 300 && answer.status < 400
        ? 'it leads elsewhere, which is not followed'
        : `it is answered with ${String(answer.status)}`,
    );
  }
  return textOf(answer.body);
}

class SourceProblem extends Error {}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop ends the stream.
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new SourceProblem(`it is longer than ${String(maxBytes / 1024)} KiB`);
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The network's and the folder's own words may repeat an address or path that is secret: their codes do not. */
function wordsOf(error: unknown): Error {
  if (error instanceof SourceProblem) return error;
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return new Error(`it cannot be read (${codeOf(cause)})`);
}
