/** One user of one service, as far as a request has to know it. */
export interface Account {
  /** Of its context. */
  id: string;
  /** Serialized origin of its service. */
  origin: string;
  userId: string;
}
