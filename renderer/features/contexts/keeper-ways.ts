import { isLoopbackHost, readAuthority } from '../../../contracts/domain/origin.ts';

/** Whether a service, by its `host[:port]`, runs on this computer: dev tokens go nowhere else. */
export function isOnThisComputer(host: string): boolean {
  return isLoopbackHost(readAuthority('http', host)?.hostname ?? '');
}
