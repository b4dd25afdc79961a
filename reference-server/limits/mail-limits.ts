import { FailureCounter } from './failure-counter.ts';

/** Mails in an hour. */
export const mailRules = {
  /** That one person has sent. */
  sender: { failures: 100, windowSeconds: 3600 },
  /** To one address, whoever has them sent. */
  address: { failures: 5, windowSeconds: 3600 },
} as const;

/** Keeps the server from being used to flood people with mail. The counts are in memory, of a fixed size. */
export class MailLimits {
  readonly #bySender: FailureCounter;
  readonly #toAddress: FailureCounter;

  constructor(now: () => Date) {
    this.#bySender = new FailureCounter(now, mailRules.sender);
    this.#toAddress = new FailureCounter(now, mailRules.address);
  }

  /** Seconds until somebody may have mail sent again; null while they may. */
  senderPausedFor(userId: string): number | null {
    return this.#bySender.pausedFor(userId);
  }

  /** Seconds until mail may go to an address again; null while it may. */
  addressPausedFor(email: string): number | null {
    return this.#toAddress.pausedFor(email);
  }

  /** Counts one mail that is to be sent, and says whether it may go out. */
  take(userId: string, email: string): boolean {
    if (this.senderPausedFor(userId) !== null || this.addressPausedFor(email) !== null) return false;
    this.#bySender.add(userId);
    this.#toAddress.add(email);
    return true;
  }
}
