import { z } from 'zod';
import { artifactKeeperPrefix } from './session.ts';

/** `GET /system/config`, which anybody may read: how people sign in. */
export const systemConfigPath = `${artifactKeeperPrefix}/system/config`;
export const systemConfigSchema = z.object({
  auth: z.object({
    local_login_enabled: z.boolean(),
    ldap_enabled: z.boolean(),
    oidc_enabled: z.boolean(),
    /** Whether there is a provider of any kind. */
    sso_enabled: z.boolean(),
    guest_access_enabled: z.boolean(),
  }),
});

/** `GET /setup/status`, which anybody may read: whether the server has no administrator yet who chose a password. */
export const setupStatusPath = `${artifactKeeperPrefix}/setup/status`;
export const setupStatusSchema = z.object({ setup_required: z.boolean() });
