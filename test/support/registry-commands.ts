import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool, type ToolResult } from './registry-tools.ts';

/** Where a person types the commands: a folder, and what the shell's environment holds. */
interface Terminal {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Accepts any signature policy; the registries of tests speak plain HTTP on this machine. */
const copy = ['--insecure-policy', 'copy', '--quiet', '--all'];

/**
 * `skopeo copy` to a registry, signed in by nothing but what the terminal's auth file names.
 *
 * @param source - An OCI layout, `oci:<folder>:<name>`.
 * @param image - `host:port/repository:tag`.
 */
export async function skopeoPush(terminal: Terminal, source: string, image: string): Promise<ToolResult> {
  const args = [...copy, '--dest-tls-verify=false', source, `docker://${image}`];
  return runTool(terminal.folder, 'skopeo', args, terminal.env);
}

/**
 * `skopeo copy` from a registry into a new OCI layout.
 *
 * @param name - The layout's folder below the terminal's.
 * @returns How skopeo ended, and the digest of what it fetched; null when it fetched nothing.
 */
export async function skopeoPull(
  terminal: Terminal,
  image: string,
  name: string,
): Promise<ToolResult & { digest: string | null }> {
  const layout = join(terminal.folder, name);
  const args = [...copy, '--src-tls-verify=false', `docker://${image}`, `oci:${layout}:latest`];
  const result = await runTool(terminal.folder, 'skopeo', args, terminal.env);
  return { ...result, digest: result.code === 0 ? digestIn(layout) : null };
}

/** `skopeo inspect` of an image in a registry. */
export async function skopeoInspect(terminal: Terminal, image: string): Promise<ToolResult> {
  const args = ['inspect', '--tls-verify=false', `docker://${image}`];
  return runTool(terminal.folder, 'skopeo', args, terminal.env);
}

/** `podman` with a storage of its own below the terminal's folder. */
export async function podman(terminal: Terminal, args: readonly string[]): Promise<ToolResult> {
  const storage = join(terminal.folder, 'podman');
  const places = ['--root', join(storage, 'root'), '--runroot', join(storage, 'run')];
  return runTool(terminal.folder, 'podman', [...places, '--storage-driver', 'vfs', ...args], terminal.env);
}

function digestIn(layout: string): string | null {
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
    manifests: { digest: string }[];
  };
  return index.manifests[0]?.digest ?? null;
}
