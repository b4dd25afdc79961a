import type { FastifyReply } from 'fastify';
import type { FileHandle } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import type { ByteRange } from './ranges.ts';

/** Large enough that a download does not wait on the thread pool all the time, in bytes. */
const partSize = 512 * 1024;
/** What the connection gets at once: that a slow client reads is seen only between two of these, in bytes. */
const writeSize = 64 * 1024;

/** Answers with a part of a file and closes it; however large the part is, little of it is held in memory. */
export async function sendPart(
  reply: FastifyReply,
  file: FileHandle,
  { start, end }: ByteRange,
): Promise<void> {
  const length = end - start + 1;
  reply.header('content-length', length);
  // Fastify would send a stream, with a new buffer for every piece.
  reply.hijack();
  try {
    reply.raw.statusCode = reply.statusCode;
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    await sendContent(reply.raw, file, { start, length });
  } catch (error) {
    reply.log.debug({ err: error }, 'a download broke off');
  } finally {
    await file.close();
  }
}

/**
 * Sends a part of a file as a response's body and ends the response. Two buffers take turns: one is read into while
 * the other is on its way, so that however large the file is, no more than both are ever held.
 *
 * @param file - Stays open.
 * @param part - First byte and number of bytes.
 * @throws Error when the client hangs up or the file is shorter than it should be; the response is then cut off.
 */
export async function sendContent(
  response: ServerResponse,
  file: FileHandle,
  part: { start: number; length: number },
): Promise<void> {
  const size = Math.min(partSize, part.length);
  let [next, other] = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)];
  let written = Promise.resolve();
  try {
    for (let sent = 0; sent < part.length;) {
      const { bytesRead } = await file.read(next, 0, Math.min(size, part.length - sent), part.start + sent);
      await written;
      if (bytesRead === 0) throw new Error('A content on the disk is shorter than it should be.');
      written = write(response, next.subarray(0, bytesRead));
      // Awaited before the next part is written; until then nobody else would notice that it failed.
      written.catch(() => undefined);
      sent += bytesRead;
      [next, other] = [other, next];
    }
    await written;
    response.end();
  } catch (error) {
    response.destroy();
    throw error;
  }
}

async function write(response: ServerResponse, part: Buffer): Promise<void> {
  for (let at = 0; at < part.length; at += writeSize) {
    await writePiece(response, part.subarray(at, at + writeSize));
  }
}

async function writePiece(response: ServerResponse, piece: Buffer): Promise<void> {
  // The connection is asked, not the response: one that waits behind another response gets no event.
  const { socket } = response.req;
  return new Promise((resolve, reject) => {
    const hungUp = () => {
      reject(new Error('The client hung up.'));
    };
    if (socket.destroyed) {
      hungUp();
      return;
    }
    socket.once('close', hungUp);
    response.write(piece, (error) => {
      socket.off('close', hungUp);
      if (error) reject(error);
      else resolve();
    });
  });
}
