import { FilterParser } from 'ldapts';
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';

/** Where a filter has the user name that was typed. */
export const usernamePlace = /\{(?:username|0)\}/g;

/** Where a filter of groups has the name of a person's entry, or what was typed to sign in. */
export const memberPlace = /\{(dn|0|username|1)\}/g;

/** The attribute that a filter compares with the user name: what people are called here. */
const comparedAttribute = /\(\s*([A-Za-z][A-Za-z0-9-]{0,63})\s*=\{(?:username|0)\}\)/;

function isLdapUrl(text: string): boolean {
  if (!/^ldaps?:\/\/[^/?#@]+\/?$/.test(text) || !URL.canParse(text)) return false;
  return new URL(text).hostname !== '';
}

/** Whether a text is a filter once something stands where it has places. */
function isFilter(text: string): boolean {
  // The client closes by itself what is left open. In a value they would be written as \28 and \29.
  if (text.split('(').length !== text.split(')').length) return false;
  try {
    FilterParser.parseString(text.replace(memberPlace, 'name'));
    return true;
  } catch {
    return false;
  }
}

const dnSchema = z
  .string()
  .max(1000)
  .regex(/^[^=\0]+=[^\0]*$/, 'Must be a name in the directory such as dc=example,dc=com');

/** What the config file says under `ldap`. One place may name the directory and another its password. */
export const ldapSchema = z.strictObject({
  url: z
    .string()
    .max(500)
    .refine(isLdapUrl, 'Must be an address such as ldap://ldap.example.com:389 or ldaps://ldap.example.com')
    .optional(),
  base_dn: dnSchema.optional(),
  bind_dn: dnSchema.optional(),
  bind_password: z.string().min(1, 'Must not be empty').max(1000).optional(),
  user_filter: z
    .string()
    .max(1000)
    .regex(comparedAttribute, 'Must compare an attribute with the user name, such as (uid={username})')
    .refine(isFilter, 'Must be a filter such as (uid={username}), with all its parentheses')
    .optional(),
  sync_interval: z
    .int()
    .min(0)
    .max(7 * 86_400)
    .refine((seconds) => seconds === 0 || seconds >= 60, 'Must be 0, or at least 60 seconds')
    .optional(),
  group_filter: z
    .string()
    .max(1000)
    .regex(/^\(/, 'Must be a filter such as (memberUid={username})')
    .refine(isFilter, 'Must be a filter such as (memberUid={username}), with all its parentheses')
    .optional(),
  group_base_dn: dnSchema.optional(),
  group_attribute: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'Must be an attribute such as cn')
    .optional(),
  starttls: z.boolean().optional(),
  ca_file: z.string().min(1, 'Must not be empty').optional(),
});
type LdapInput = z.output<typeof ldapSchema>;

/** Where the groups of somebody are found. */
export interface GroupSettings {
  /** With places as `memberPlace` finds them; without any, who is in a group is asked beside it. */
  filter: string;
  baseDn: string;
  /** Has a group's name. */
  attribute: string;
}

/** A directory that people sign in with, checked. */
export interface LdapSettings {
  url: string;
  baseDn: string;
  /** Who looks people up; null for nobody in particular. */
  reader: { dn: string; password: string } | null;
  /** Finds a person; with `{username}` or `{0}` in it. */
  userFilter: string;
  /** What that filter compares with the user name. */
  usernameAttribute: string;
  /** Which groups are read; null for none. */
  groups: GroupSettings | null;
  /** Time between two syncs that begin by themselves, seconds; 0 where none does. */
  syncSeconds: number;
  startTls: boolean;
  /** PEM text of whom to believe about the directory's certificate; undefined for whom the system believes. */
  ca: string | undefined;
}

/** What settings lack together that are well one by one: a sentence, or null. */
export function ldapProblem(input: LdapInput): string | null {
  const { url, base_dn: base, bind_dn: dn, bind_password: password, starttls, ca_file: ca } = input;
  const isSecure = url?.startsWith('ldaps:') ?? false;
  if (url === undefined) return 'The directory needs an address: set artifact-keeper.ldap.url (LDAP_URL).';
  if (base === undefined) {
    return 'The directory needs the place to look in: set artifact-keeper.ldap.base_dn (LDAP_BASE_DN).';
  }
  if ((dn === undefined) !== (password === undefined)) {
    return 'artifact-keeper.ldap needs both bind_dn (LDAP_BIND_DN) and bind_password (LDAP_BIND_PASSWORD), or neither.';
  }
  if (isSecure && starttls === true) {
    return 'artifact-keeper.ldap has TLS by ldaps:// already: leave out starttls (LDAP_STARTTLS).';
  }
  if (ca !== undefined && !isSecure && starttls !== true) {
    return 'artifact-keeper.ldap.ca_file (LDAP_CA_FILE) is for TLS: set an ldaps:// address or starttls (LDAP_STARTTLS).';
  }
  if (input.group_filter === undefined && (input.group_base_dn ?? input.group_attribute) !== undefined) {
    return 'artifact-keeper.ldap reads groups by group_filter (LDAP_GROUP_FILTER): set it, or leave out the other settings of groups.';
  }
  return null;
}

/** Whether a text is of certificates in PEM form. */
export function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}

/** The settings with what holds where nothing is said, after `ldapProblem` found nothing. */
export function ldapSettings(input: LdapInput, ca: string | undefined): LdapSettings {
  const { url = '', base_dn: baseDn = '', bind_dn: dn, bind_password: password } = input;
  const userFilter = input.user_filter ?? '(uid={username})';
  const reader = dn === undefined || password === undefined ? null : { dn, password };
  const usernameAttribute = comparedAttribute.exec(userFilter)?.[1] ?? 'uid';
  return {
    ...{ url, baseDn, reader, userFilter, usernameAttribute },
    groups: groupSettings(input, baseDn),
    syncSeconds: input.sync_interval ?? 0,
    ...{ startTls: input.starttls ?? false, ca },
  };
}

function groupSettings(input: LdapInput, baseDn: string): GroupSettings | null {
  const { group_filter: filter, group_base_dn: below = baseDn, group_attribute: attribute = 'cn' } = input;
  return filter === undefined ? null : { filter, baseDn: below, attribute };
}
