/** Organizations that one person may make in an hour: the slug of each is gone for good, also when it is deleted. */
export const newOrganizationRule = { failures: 20, windowSeconds: 3600 } as const;
