import type { ErrorCode } from '../../../contracts/errors.ts';
import type { AccessPlace } from '../../../contracts/ipc/access.ts';
import { matrixPath, matrixSideMax } from '../../../contracts/server-api/index.ts';
import { matrixAnswer, type MatrixAnswer } from '../service/dialects/access.ts';
import type { ServiceCalls } from '../service/service-calls.ts';
import { readPages } from '../service/read-pages.ts';
import { accessCodes, accessRoom, accessTimeoutMs } from './service-requests.ts';

/** Entries of a side that are read at most. */
const sideMax = 10_000;

interface SideRequest {
  side: 'principals' | 'repositories';
  /** What is asked for of the other side; without it, one entry of it. */
  only?: Readonly<Record<string, string>>;
  /** What it means that this is not there. */
  notFound?: ErrorCode;
  /** Entries that are read at most, where that is more than a window shows. */
  most?: number;
}

/**
 * A page of the matrix.
 *
 * @param part - What the query names; what is empty is left out.
 * @param notFound - What it means that something of it is not there.
 */
export function matrixPage(
  service: ServiceCalls,
  { contextId, organization }: AccessPlace,
  part: Readonly<Record<string, string | number>>,
  notFound: ErrorCode = 'not_allowed',
): Promise<MatrixAnswer> {
  const query = new URLSearchParams({ org: organization });
  for (const [name, value] of Object.entries(part)) if (value !== '') query.set(name, String(value));
  const request = {
    method: 'GET' as const,
    path: `${matrixPath}?${query.toString()}`,
    errorCodes: { ...accessCodes, not_found: notFound },
    room: accessRoom,
    timeoutMs: accessTimeoutMs,
  };
  return service.ask(contextId, request, matrixAnswer);
}

/**
 * One side of the matrix from its beginning as far as anybody reads, with as little of the other as there can be.
 *
 * @param entriesOf - The entries of one page.
 */
export async function wholeSide<Entry>(
  service: ServiceCalls,
  place: AccessPlace,
  { side, only = {}, notFound, most = sideMax }: SideRequest,
  entriesOf: (page: MatrixAnswer) => readonly Entry[],
): Promise<{ entries: Entry[]; isWhole: boolean }> {
  const other = side === 'principals' ? 'repositories' : 'principals';
  return readPages(most, async (after) => {
    const page = await matrixPage(
      service,
      place,
      {
        ...only,
        [`${side}_after`]: after,
        [`${side}_limit`]: matrixSideMax,
        [`${other}_limit`]: 1,
      },
      notFound,
    );
    return { entries: entriesOf(page), next: page.next[side] };
  });
}
