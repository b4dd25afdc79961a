import { describe, expect, it } from 'vitest';
import { pullCommand, type PulledImage } from '../../../../contracts/domain/pull-command.ts';

const image: PulledImage = {
  origin: 'https://registry.acme.example',
  host: 'registry.acme.example',
  repository: 'acme/web',
  reference: '1.2',
  index: false,
};
const digest = `sha256:${'a'.repeat(64)}`;

describe('the command that pulls', () => {
  it.each([
    ['podman', {}, 'podman pull registry.acme.example/acme/web:1.2'],
    ['docker', {}, 'docker pull registry.acme.example/acme/web:1.2'],
    ['skopeo', {}, 'skopeo copy docker://registry.acme.example/acme/web:1.2 oci:web'],
    ['podman', { reference: digest }, `podman pull registry.acme.example/acme/web@${digest}`],
    ['skopeo', { index: true }, 'skopeo copy --all docker://registry.acme.example/acme/web:1.2 oci:web'],
  ] as const)('with %s and %j', (tool, facts, command) => {
    expect(pullCommand(tool, { ...image, ...facts })).toBe(command);
  });

  it.each([
    ['registry', 'registry:443'],
    ['xn--bcher-kva', 'xn--bcher-kva:443'],
    ['registry:8443', 'registry:8443'],
    ['192.0.2.7', '192.0.2.7'],
    ['localhost', 'localhost'],
  ])('names the registry %s so that no client takes it for a name at Docker Hub', (host, registry) => {
    const command = pullCommand('podman', { ...image, origin: `https://${host}`, host });
    expect(command).toBe(`podman pull ${registry}/acme/web:1.2`);
  });

  it('says to Podman and Skopeo that there is no TLS, and quotes what a shell would expand', () => {
    const local = { ...image, origin: 'http://[::1]:8970', host: '[::1]:8970' };
    expect(pullCommand('podman', local)).toBe("podman pull --tls-verify=false '[::1]:8970/acme/web:1.2'");
    expect(pullCommand('docker', local)).toBe("docker pull '[::1]:8970/acme/web:1.2'");
    expect(pullCommand('skopeo', local)).toBe(
      "skopeo copy --src-tls-verify=false 'docker://[::1]:8970/acme/web:1.2' oci:web",
    );
  });
});
