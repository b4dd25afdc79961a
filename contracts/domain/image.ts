import { z } from 'zod';

/** A tag (OCI distribution specification 1.1, "Pulling manifests"). */
export const tagSchema = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/);

/** A digest with a registered algorithm (OCI image specification 1.1, "Registered algorithms"). */
export const digestSchema = z.string().regex(/^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/);

/** Programs that pull images. */
export const pullToolSchema = z.enum(['podman', 'docker', 'skopeo']);
export type PullTool = z.infer<typeof pullToolSchema>;
