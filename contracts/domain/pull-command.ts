import type { PullTool } from './image.ts';

export interface PulledImage {
  /** Serialized origin of the registry's service. */
  origin: string;
  /** `host[:port]`. */
  host: string;
  /** `org/name`, perhaps with more parts. */
  repository: string;
  /** A tag or a digest. */
  reference: string;
  /** Whether it stands for images of several platforms. */
  index: boolean;
}

/**
 * The command that pulls an image. A registry without TLS, which is one on this computer, has to be said to Podman
 * and Skopeo; Docker takes it as it is. Skopeo has no store of its own, so it copies into an OCI layout, of an index
 * with all platforms.
 */
export function pullCommand(tool: PullTool, image: PulledImage): string {
  const { origin, host, repository, reference, index } = image;
  const plain = origin.startsWith('http://');
  const name = `${registryOf(host)}/${repository}${reference.includes(':') ? '@' : ':'}${reference}`;
  switch (tool) {
    case 'podman':
      return words('podman pull', plain && '--tls-verify=false', shellWord(name));
    case 'docker':
      return words('docker pull', shellWord(name));
    case 'skopeo':
      return words(
        'skopeo copy',
        index && '--all',
        plain && '--src-tls-verify=false',
        shellWord(`docker://${name}`),
        `oci:${repository.split('/').at(-1) ?? repository}`,
      );
  }
}

/**
 * A host as the clients know a registry by: one word alone, such as `registry`, is to them the first part of a name at
 * Docker Hub. Only services on this computer are without TLS, and all of their hosts are known.
 */
function registryOf(host: string): string {
  return /[.:]/.test(host) || host === 'localhost' ? host : `${host}:443`;
}

function words(...parts: (string | false)[]): string {
  return parts.filter((part) => part !== false).join(' ');
}

/** All else that hosts, names, tags and digests are made of means nothing to a shell; an IPv6 host's brackets do. */
function shellWord(text: string): string {
  return text.includes('[') ? `'${text}'` : text;
}
