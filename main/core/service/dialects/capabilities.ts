import type { Capability } from '../../../../contracts/domain/capability.ts';
import type { Dialect } from './dialect.ts';
import { keyholdCapabilities } from './keyhold.ts';
import { kisenonCapabilities } from './kisenon.ts';

interface Offer {
  dialects: readonly Dialect[];
  hasRegistry: boolean;
}

/** What a service can do, by the dialects that it speaks. */
export function capabilitiesOf({ dialects, hasRegistry }: Offer): Capability[] {
  return dialects.flatMap((dialect) => {
    switch (dialect) {
      case 'keyhold':
        return keyholdCapabilities({ hasRegistry });
      case 'kisenon':
        return kisenonCapabilities;
    }
  });
}
