import type { ExpiryStage } from '../../../../contracts/domain/key-expiry.ts';

/** Stages at which people are reminded of an end; tokens last minutes, sessions hours, keys months. */
type Stage = ExpiryStage | 'hour' | 'soon';

const order: readonly (Stage | null)[] = [null, 'week', 'day', 'hour', 'soon', 'expired'];

/** A reminder that its user is to be given now. */
export interface DueReminder {
  words: readonly [title: string, text: string];
  /** Notes that it was given. */
  note: () => void;
}

/**
 * The stage that a credential's user is to be reminded of: the one that it is at, unless they were before. Stages that
 * passed while nobody looked are left out.
 *
 * @param at - Null when there is nothing to be reminded of yet.
 * @param reminded - The last one that they were reminded of.
 */
export function dueStage<Of extends Stage>(at: Of | null, reminded: Of | null): Of | null {
  return order.indexOf(at) > order.indexOf(reminded) ? at : null;
}
