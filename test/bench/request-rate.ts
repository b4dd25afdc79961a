import { HttpConnection } from './http-connection.ts';

/** One request that is asked over and over. */
export interface Request {
  path: string;
  headers: Record<string, string>;
}

const parallel = 8;

/**
 * Asks a server for the same thing over and over, on eight connections at once.
 *
 * @returns answers per second
 * @throws Error when an answer is not 200
 */
export async function requestRate(
  origin: string,
  { path, headers }: Request,
  requests: number,
): Promise<number> {
  const connections = await Promise.all(Array.from({ length: parallel }, () => HttpConnection.open(origin)));
  const begin = performance.now();
  await Promise.all(
    connections.map(async (connection) => {
      for (let left = requests / parallel; left > 0; left--) {
        const { status } = await connection.ask('GET', path, headers);
        if (status !== 200) throw new Error(`${path} answered ${String(status)}.`);
      }
    }),
  );
  const seconds = (performance.now() - begin) / 1000;
  for (const connection of connections) connection.close();
  return requests / seconds;
}
