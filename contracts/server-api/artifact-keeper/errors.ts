import { z } from 'zod';

/** The body of every answer with a status of 400 or more under `/api/v1`. Clients rely on the status first. */
export const artifactKeeperErrorSchema = z.object({ code: z.string().max(100), message: z.string() });
export type ArtifactKeeperError = z.infer<typeof artifactKeeperErrorSchema>;
