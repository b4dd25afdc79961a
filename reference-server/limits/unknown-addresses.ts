/** E-mail addresses that nobody has, which one caller may name in an hour: so that nobody finds out who has accounts. */
export const unknownAddressRule = { failures: 100, windowSeconds: 3600 } as const;
