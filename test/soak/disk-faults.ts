import { randomInt } from 'node:crypto';
import { noSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import type { Tally } from './tally.ts';

/** How a disk fails in the middle of writes. */
export const diskFaults = ['full', 'read-only'] as const;
export type DiskFault = (typeof diskFaults)[number];

/** Whether there can be a disk that fails here; why there cannot is among the tally's figures. */
export function canMakeDisks(tally: Tally): boolean {
  const reason = noSmallDisk();
  if (reason !== null) tally.count(`rounds, because ${reason}`, 0);
  return reason === null;
}

/** Lets a disk fail; a full one has up to `mostFree` bytes left. @returns what undoes it */
export function breakDisk(disk: SmallDisk, fault: DiskFault, mostFree: number): () => void {
  if (fault === 'full') {
    disk.fill(randomInt(mostFree));
    return () => {
      disk.empty();
    };
  }
  disk.cover();
  return () => {
    disk.uncover();
  };
}
