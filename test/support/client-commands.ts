import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ClientRun, HelperHome } from './helper-home.ts';
import type { OciLayout } from './oci-image.ts';
import { imageStore } from './registry-tools.ts';
import type { SignInEngine } from './sign-in-engine.ts';
import type { TestServer } from './server.ts';

/** The registry clients that ask the helper. */
export const clients = ['skopeo', 'podman', 'buildah', 'docker'] as const;
/** Where `npm run clients` keeps the clients of a newer system. */
export const newerClients = path.join(import.meta.dirname, '../../out/clients');
export type Client = (typeof clients)[number];

/** A command of a client. What it needs is there, so that it can be run again and again. */
export interface ClientCommand {
  client: Client;
  args: string[];
  /** How it ends with a credential; not 0 where there is no password to remove, or no engine. */
  code: number;
  /** What it answers with a credential, on either output. */
  says?: string;
  /** What it must not answer then. */
  saysNot?: string;
  env?: Readonly<Record<string, string>>;
}

/** A person's desk with all clients, an image in two architectures, and a repository that takes it. */
export class ClientDesk {
  readonly #home: HelperHome;
  readonly #server: TestServer;
  readonly #image: OciLayout;
  readonly #engine: SignInEngine;
  readonly #name: string;
  /** Docker keeps each list that it made, and asks for its parts the first time only. */
  #lists = 0;

  constructor(home: HelperHome, server: TestServer, image: OciLayout, engine: SignInEngine) {
    this.#home = home;
    this.#server = server;
    this.#image = image;
    this.#engine = engine;
    this.#name = `${server.host}/acme/web`;
  }

  run(
    client: Client,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<ClientRun> {
    const places: Record<Client, string[]> = {
      skopeo: ['--insecure-policy'],
      podman: imageStore(this.#in('podman')),
      buildah: imageStore(this.#in('buildah')),
      docker: ['--config', this.#in('docker')],
    };
    const settings = { CONTAINERS_REGISTRIES_CONF: this.#in('registries.conf') };
    return this.#home.run(client, [...places[client], ...args], { ...settings, ...env });
  }

  /** Pushes the image and pulls it into each store. With the vault open. */
  async prepare(has: (client: Client) => boolean): Promise<void> {
    const { host } = this.#server;
    // The registries of tests speak plain HTTP, which not every command has an option for.
    const insecure = `[[registry]]\nlocation = "${host}"\ninsecure = true\n`;
    await writeFile(this.#in('registries.conf'), insecure);
    await mkdir(this.#in('docker'));
    await writeFile(
      this.#in('docker', 'config.json'),
      JSON.stringify({ credHelpers: { [host]: 'keyhold' } }),
    );
    await mkdir(this.#in('build'));
    await writeFile(this.#in('build', 'Containerfile'), `FROM ${this.#name}:v1\nLABEL built=here\n`);
    await this.#must('skopeo', this.#push('v1'));
    for (const store of ['podman', 'buildah'] as const) {
      if (!has(store)) continue;
      await this.#must(store, ['pull', '-q', `${this.#name}:v1`]);
      await this.#must(store, ['manifest', 'create', 'list', `containers-storage:${this.#name}:v1`]);
    }
    if (has('docker')) await this.#must('docker', this.#createList('docker'));
  }

  /** By what docs/registry-clients.md calls them. */
  commands(): Readonly<Record<string, ClientCommand>> {
    const { host } = this.#server;
    const name = this.#name;
    const tls = '--tls-verify=false';
    const from = '--src-tls-verify=false';
    const known = 'Existing credentials are valid';
    const { digest } = this.#image.root;
    const inner = this.#image.manifests[0]?.digest ?? '';
    const { password } = this.#server.user('maya');
    const signedIn = 'Login Succeeded';
    const notKept = 'Keyhold did not keep this password';
    const engine = { DOCKER_HOST: this.#engine.address };
    const typed = ['login', '-u', 'maya', '-p', password, host];
    const noEngine = 'Cannot connect to the Docker daemon';
    const command = (client: Client, args: string[], says?: string, code = 0): ClientCommand => ({
      client,
      args,
      code,
      ...(says === undefined ? {} : { says }),
    });
    return {
      'skopeo login': command('skopeo', ['login', tls, host], known),
      'skopeo copy oci: docker://': command('skopeo', this.#push('pushed')),
      'skopeo copy docker:// oci:': command('skopeo', [
        ...['copy', '--all', from, `docker://${name}:v1`, `oci:${this.#in('pulled')}:v1`],
      ]),
      'skopeo copy --all docker:// docker://': command('skopeo', [
        ...['copy', '--all', from, '--dest-tls-verify=false', `docker://${name}:v1`, `docker://${name}:copy`],
      ]),
      'skopeo inspect': command('skopeo', ['inspect', tls, `docker://${name}:v1`], digest),
      'skopeo inspect --raw': command('skopeo', ['inspect', '--raw', tls, `docker://${name}:v1`], inner),
      'skopeo list-tags': command('skopeo', ['list-tags', tls, `docker://${name}`], '"v1"'),
      'skopeo logout': command('skopeo', ['logout', host], 'not logged into', 1),
      'podman login': command('podman', ['login', host], known),
      'podman pull': command('podman', ['pull', `${name}:v1`]),
      'podman push': command('podman', ['push', `${name}:v1`, `${name}:podman`]),
      'podman create': command('podman', ['create', `${name}:v1`, 'hello']),
      'podman manifest inspect': command('podman', ['manifest', 'inspect', `${name}:v1`], inner),
      'podman manifest push --all': command('podman', [
        ...['manifest', 'push', '--all', 'list', `docker://${name}:podman-list`],
      ]),
      'podman search --list-tags': command('podman', ['search', '--list-tags', name], 'v1'),
      'podman build': command('podman', ['build', '--pull-always', this.#in('build')]),
      'podman logout': command('podman', ['logout', host], 'Not logged into'),
      'buildah login': command('buildah', ['login', tls, host], known),
      'buildah pull': command('buildah', ['pull', '--policy=always', `${name}:v1`]),
      'buildah from': command('buildah', ['from', '--pull-always', `${name}:v1`]),
      'buildah push': command('buildah', ['push', `${name}:v1`, `docker://${name}:buildah`]),
      'buildah manifest push --all': command('buildah', [
        ...['manifest', 'push', '--all', tls, 'list', `docker://${name}:buildah-list`],
      ]),
      'buildah build': command('buildah', ['build', '--pull-always', this.#in('build')]),
      'buildah logout': command('buildah', ['logout', host], 'not logged into', 125),
      // Nobody typed a password.
      'docker login': { ...command('docker', ['login', host], signedIn), saysNot: notKept, env: engine },
      'docker login -u': { ...command('docker', typed, notKept), env: engine },
      'docker pull': command('docker', ['pull', `${name}:v1`], noEngine, 1),
      'docker push': command('docker', ['push', `${name}:v1`], noEngine, 1),
      'docker manifest inspect': command(
        'docker',
        ['manifest', 'inspect', '--insecure', `${name}:v1`],
        inner,
      ),
      'docker manifest create': command('docker', this.#createList(`list-${String(++this.#lists)}`)),
      'docker manifest push': command('docker', ['manifest', 'push', '--insecure', `${name}:docker`]),
      'docker logout': command('docker', ['logout', host], 'Removing login credentials'),
    };
  }

  #push(tag: string): string[] {
    return [
      'copy',
      '--all',
      '--dest-tls-verify=false',
      this.#image.reference,
      `docker://${this.#name}:${tag}`,
    ];
  }

  #createList(tag: string): string[] {
    const parts = this.#image.manifests.map(({ digest }) => `${this.#name}@${digest}`);
    return ['manifest', 'create', '--insecure', `${this.#name}:${tag}`, ...parts];
  }

  async #must(client: Client, args: readonly string[]): Promise<void> {
    const { code, stdout, stderr } = await this.run(client, args);
    if (code !== 0) throw new Error(`${client} ${args.join(' ')}: ${stdout}${stderr}`);
  }

  #in(...names: string[]): string {
    return path.join(this.#home.app.home, ...names);
  }
}
