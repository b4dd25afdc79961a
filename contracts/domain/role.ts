// Sets of rules that people keep. Without schemas, so that the window can use it.

export const rolesMax = 200;
export const roleNameMax = 60;
export const roleRulesMax = 10_000;
/** Characters of a role's text. */
export const roleTextMax = 1_000_000;
export const roleTestsMax = 200;
