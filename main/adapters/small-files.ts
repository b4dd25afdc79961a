import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { SmallFiles } from '../core/ports.ts';

/** Files on this computer's disk that are read whole, up to a size. */
export const diskSmallFiles: SmallFiles = {
  async read(path, maxBytes) {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => null);
    if (file === null) return 'missing';
    try {
      // Reading a pipe or a device may never end.
      if (!(await file.stat()).isFile()) return 'missing';
      const buffer = Buffer.alloc(maxBytes + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await file.read(buffer, length, buffer.length - length);
        length += bytesRead;
        if (bytesRead === 0 || length === buffer.length) break;
      }
      if (length <= maxBytes) return buffer.subarray(0, length);
      buffer.fill(0);
      return 'too_large';
    } catch {
      return 'missing';
    } finally {
      await file.close();
    }
  },
};
