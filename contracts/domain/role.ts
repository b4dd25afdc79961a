// Sets of rules that people keep. Without schemas, so that the window can use it.

export const rolesMax = 200;
export const roleNameMax = 60;
export const roleRulesMax = 10_000;
/** Characters of a role's text. */
export const roleTextMax = 1_000_000;
/** Bytes of all roles together, as JSON: a backup takes four times as much. */
export const rolesBytesMax = 4 * 1024 * 1024;
export const roleTestsMax = 200;
