/**
 * Whether an address may sign in from elsewhere: it is on the list itself, or by its whole domain.
 *
 * @param list - Addresses and `*@domain`, in lower case; null for everybody.
 * @param email - Letter case does not count, of ASCII letters: others would become them (the Kelvin sign a `k`).
 */
export function isAllowed(list: readonly string[] | null, email: string): boolean {
  if (list === null) return true;
  const address = email.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  const at = address.lastIndexOf('@');
  if (at < 1) return false;
  return list.includes(address) || list.includes(`*${address.slice(at)}`);
}
