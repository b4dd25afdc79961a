import { queryOptions } from '@tanstack/react-query';
import { keyhold, valueOf } from '../../lib/api.ts';

/** The roles of this vault, by name. */
export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: async () => {
    const roles = await valueOf(keyhold().rules.roles());
    return roles.toSorted((one, other) => one.name.localeCompare(other.name, 'en', { numeric: true }));
  },
});
