import { z } from 'zod';

/**
 * The programs that Keyhold sets up, by the file that tells them which helper to ask. `podman`: Podman, Skopeo and
 * Buildah, which share one. `docker`: the Docker command line.
 */
export const registryClients = ['podman', 'docker'] as const;

export const registryClientSchema = z.enum(registryClients);
export type RegistryClient = z.infer<typeof registryClientSchema>;

/** What people call them. */
export const clientNames = { podman: 'Podman', docker: 'Docker' } as const satisfies PerClient<string>;

/** Something that each of them has. */
export interface PerClient<Value> {
  podman: Value;
  docker: Value;
}

export function perClient<Value>(valueOf: (client: RegistryClient) => Value): PerClient<Value> {
  return { podman: valueOf('podman'), docker: valueOf('docker') };
}

export function perClientSchema<Schema extends z.ZodType>(
  schema: Schema,
): z.ZodObject<{ podman: Schema; docker: Schema }, z.core.$strict> {
  return z.strictObject({ podman: schema, docker: schema });
}
