/** Requests for access that one person may make in an hour: each is in the audit log for good. */
export const accessRequestRule = { failures: 60, windowSeconds: 3600 } as const;
