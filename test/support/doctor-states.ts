import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

// States of a computer in which a client signs in through Keyhold, or does not.

export const podmanFile = '.config/containers/auth.json';
export const dockerFile = '.docker/config.json';
const session = 'run/containers/auth.json';
const conf = '.config/containers/registries.conf';
const parts = '.config/containers/registries.conf.d';
const part = `${parts}/10-own.conf`;
/** Of a home, those that clients read. */
export const filesOfClients = [podmanFile, dockerFile, session, conf, part];
const login = 'bWF5YTpwdw==';

/** Texts in which HOST is the registry, ENTRY the member that names Keyhold for it, HOME the home; bytes; or a deed. */
type Content = string | Buffer | ((file: string, host: string) => void);

/** Name; whether the client signs in, null where that depends on its version; files of the home besides the entry, in this order; variables. */
export type ClientState = readonly [
  string,
  boolean | null,
  Readonly<Record<string, Content>>,
  Readonly<Record<string, string>>?,
];

/** A deed in the place of what is there. */
function instead(deed: (file: string) => void): (file: string) => void {
  return (file) => {
    rmSync(file, { recursive: true, force: true });
    deed(file);
  };
}

const folder = instead((file) => {
  mkdirSync(file);
});
const pipe = instead((file) => {
  execFileSync('mkfifo', [file]);
});
const linkToItself = instead((file) => {
  symlinkSync(file, file);
});
/** @param to - Within the folder of the link. */
export function link(to: string): (file: string) => void {
  return instead((file) => {
    symlinkSync(path.join(path.dirname(file), to), file);
  });
}

/** Puts the files of a state into a home, each in the place of what is there. */
export function makeState(home: string, host: string, files: Readonly<Record<string, Content>>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(home, name);
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    if (typeof content === 'function') content(file, host);
    else writeFileSync(file, typeof content === 'string' ? filled(content, host) : content);
  }
}

function filled(text: string, host: string): string {
  return text.replaceAll('ENTRY', '"credHelpers": {"HOST": "keyhold"}').replaceAll('HOST', host);
}

const ownFile = { REGISTRY_AUTH_FILE: 'HOME/other/auth.json' };

/** Beside the entry a text that is no UTF-8. */
const latin1 = (file: string, host: string): void => {
  writeFileSync(file, Buffer.from(filled('{"x": "\u00E9", ENTRY}', host), 'latin1'));
};

/** Of Skopeo, and Podman and Buildah, which read by the same code. */
export const podmanStates: readonly ClientState[] = [
  ['nothing else', true, {}],
  ['an empty session file', false, { [session]: '' }],
  ['a session file that is cut off', false, { [session]: '{"auths": {' }],
  ['a session file with a byte order mark', false, { [session]: '\uFEFF{}' }],
  ['a session file in UTF-16', false, { [session]: Buffer.from('{}', 'utf16le') }],
  ['a session file of another form', false, { [session]: '{"auths": []}' }],
  ['a session file that is a folder', false, { [session]: folder }],
  ['a session file that is a pipe', false, { [session]: pipe }],
  ['a session file that links to itself', false, { [session]: linkToItself }],
  ['a session file that links to nothing', true, { [session]: link('nowhere') }],
  ['a session file of null', true, { [session]: 'null' }],
  ['a session file with null for auths', true, { [session]: '{"auths": null, "credHelpers": null}' }],
  ['a session file that names another helper', false, { [session]: '{"credHelpers": {"HOST": "nowhere"}}' }],
  ['a session file with an empty name', false, { [session]: '{"credHelpers": {"HOST": ""}}' }],
  ['a session file that names Keyhold', true, { [session]: '{ENTRY}' }],
  ['a password of the session', false, { [session]: `{"auths": {"HOST": {"auth": "${login}"}}}` }],
  ['one for an address of it', false, { [session]: `{"auths": {"https://HOST/v1/": {"auth": "${login}"}}}` }],
  ['one for another port', true, { [session]: `{"auths": {"127.0.0.1:1": {"auth": "${login}"}}}` }],
  ['one without its port', true, { [session]: `{"auths": {"127.0.0.1": {"auth": "${login}"}}}` }],
  ['one with a path and no scheme', true, { [session]: `{"auths": {"HOST/v1/": {"auth": "${login}"}}}` }],
  [
    'one for a scheme in upper case',
    true,
    { [session]: `{"auths": {"HTTPS://HOST": {"auth": "${login}"}}}` },
  ],
  [
    'one in a member that is not read',
    true,
    { [session]: '{"auths": {"HOST": {"password": "pw", "registrytoken": "x"}}}' },
  ],
  ['one that is an identity token alone', true, { [session]: '{"auths": {"HOST": {"identitytoken": "x"}}}' }],
  ['one without a colon', true, { [session]: '{"auths": {"HOST": {"auth": "bWF5YQ=="}}}' }],
  ['one that is no Base64', false, { [session]: '{"auths": {"HOST": {"auth": "%%"}}}' }],
  ['one without padding', false, { [session]: '{"auths": {"HOST": {"auth": "bWF5YTpwdw"}}}' }],
  [
    'one in the file of the entry',
    true,
    { [podmanFile]: `{"auths": {"HOST": {"auth": "${login}"}}, ENTRY}` },
  ],
  ['an empty file', false, { [podmanFile]: '' }],
  ['a file of another form', false, { [podmanFile]: '{"auths": [], ENTRY}' }],
  ['an empty name', false, { [podmanFile]: '{"credHelpers": {"HOST": ""}}' }],
  ['the entry in upper case', false, { [podmanFile]: '{"credHelpers": {"HTTP://HOST": "keyhold"}}' }],
  ['the entry with a path', false, { [podmanFile]: '{"credHelpers": {"HOST/acme": "keyhold"}}' }],
  ['the member in upper case', true, { [podmanFile]: '{"CREDHELPERS": {"HOST": "keyhold"}}' }],
  ['Latin-1 beside the entry', true, { [podmanFile]: latin1 }],
  ['registries.conf, empty', true, { [conf]: '' }],
  ['registries.conf, cut off', false, { [conf]: 'unqualified-search-registries = [' }],
  ['registries.conf of a wrong type', false, { [conf]: 'unqualified-search-registries = "a.example"\n' }],
  ['registries.conf without a location', false, { [conf]: '[[registry]]\ninsecure = true\n' }],
  [
    'registries.conf with a key twice',
    false,
    { [conf]: 'short-name-mode = "disabled"\nshort-name-mode = "disabled"\n' },
  ],
  ['registries.conf of an unknown key', true, { [conf]: 'mine = 5\n' }],
  ['registries.conf with a byte order mark', null, { [conf]: '\uFEFFunqualified-search-registries = []\n' }],
  ['registries.conf in Latin-1', false, { [conf]: Buffer.from('# \u00E9\n', 'latin1') }],
  ['registries.conf that is a folder', false, { [conf]: folder }],
  ['registries.conf that is a pipe', false, { [conf]: pipe }],
  ['registries.conf that links to nothing', true, { [conf]: link('nowhere') }],
  ['a part, cut off', false, { [part]: 'unqualified-search-registries = [' }],
  ['registries.conf that links to itself', true, { [conf]: linkToItself }],
  [
    'a chosen registries.conf that links to itself',
    true,
    { 'other/mine.conf': linkToItself },
    { CONTAINERS_REGISTRIES_CONF: 'HOME/other/mine.conf' },
  ],
  ['a part that links to nothing', null, { [part]: link('nowhere') }],
  ['a part that links to itself', false, { [part]: linkToItself }],
  ['a part with a byte order mark', null, { [part]: '\uFEFFcredential-helpers = ["nowhere"]\n' }],
  ['a part that is a folder', true, { [part]: folder }],
  ['helpers without auth files', false, { [conf]: 'credential-helpers = ["nowhere"]\n' }],
  ['helpers with an empty name', false, { [conf]: 'credential-helpers = [""]\n' }],
  ['helpers in upper case', false, { [conf]: 'Credential-Helpers = ["nowhere"]\n' }],
  ['helpers in a table', true, { [conf]: '[mine]\ncredential-helpers = ["nowhere"]\n' }],
  ['Keyhold alone as helper', true, { [conf]: 'credential-helpers = ["keyhold"]\n' }],
  ['another helper first', true, { [conf]: 'credential-helpers = ["nowhere", "containers-auth.json"]\n' }],
  ['no helpers', true, { [conf]: 'credential-helpers = []\n' }],
  ['the entry in Docker’s file alone', true, { [podmanFile]: '{}', [dockerFile]: '{ENTRY}' }],
  ['Docker’s credsStore alone', false, { [podmanFile]: '{}', [dockerFile]: '{"credsStore": "keyhold"}' }],
  ['no entry and a broken file of Docker', false, { [podmanFile]: '{}', [dockerFile]: '{' }],
  ['a broken file of Docker', true, { [dockerFile]: '{' }],
  ['a part of another ending', true, { [`${parts}/10-own.bak`]: 'x = [' }],
  ['parts behind a link', true, { [`${path.dirname(parts)}/mine/1.conf`]: 'x = [', [parts]: link('mine') }],
  [
    'helpers that a part takes back',
    true,
    { [conf]: 'credential-helpers = ["nowhere"]\n', [part]: 'credential-helpers = []\n' },
  ],
  [
    'a chosen registries.conf, and a part',
    false,
    { 'other/mine.conf': '', [part]: 'x = [' },
    { CONTAINERS_REGISTRIES_CONF: 'HOME/other/mine.conf' },
  ],
  [
    'REGISTRY_AUTH_FILE of a link to the file',
    true,
    { 'other/auth.json': link(`../${podmanFile}`) },
    ownFile,
  ],
  ['REGISTRY_AUTH_FILE of another that names Keyhold', true, { 'other/auth.json': '{ENTRY}' }, ownFile],
  ['REGISTRY_AUTH_FILE of an empty file', false, { 'other/auth.json': '' }, ownFile],
  ['REGISTRY_AUTH_FILE of the empty text', true, {}, { REGISTRY_AUTH_FILE: '' }],
  [
    'REGISTRY_AUTH_FILE, and a broken session file',
    true,
    { [session]: '{', 'other/auth.json': '{ENTRY}' },
    ownFile,
  ],
];

export const dockerStates: readonly ClientState[] = [
  ['nothing else', true, {}],
  ['an empty file', false, { [dockerFile]: '' }],
  ['a file that is cut off', false, { [dockerFile]: '{ENTRY' }],
  ['something behind the object', true, { [dockerFile]: '{ENTRY} x' }],
  ['a part of another form', true, { [dockerFile]: '{"auths": [], ENTRY}' }],
  ['credHelpers of another form', false, { [dockerFile]: '{"credHelpers": []}' }],
  ['an empty name', false, { [dockerFile]: '{"credHelpers": {"HOST": ""}}' }],
  ['an empty credsStore', true, { [dockerFile]: '{"credsStore": "", ENTRY}' }],
  ['Keyhold as credsStore', true, { [dockerFile]: '{"credsStore": "keyhold"}' }],
  ['a password beside the entry', true, { [dockerFile]: `{"auths": {"HOST": {"auth": "${login}"}}, ENTRY}` }],
  ['a password that is no Base64', true, { [dockerFile]: '{"auths": {"HOST": {"auth": "%%"}}, ENTRY}' }],
  ['a file that is a folder', false, { [dockerFile]: folder }],
  ['DOCKER_AUTH_CONFIG that is broken', true, {}, { DOCKER_AUTH_CONFIG: '{' }],
];

const bin = '.local/bin';
const program = `${bin}/docker-credential-keyhold`;
const gone = (file: string): void => {
  rmSync(file);
};
const changed = (file: string): void => {
  appendFileSync(file, '# mine\n');
};
const notToStart = (file: string): void => {
  chmodSync(file, 0o644);
};
function movedFrom(from: string): (file: string) => void {
  return (file) => {
    renameSync(path.join(path.dirname(file), from), file);
  };
}
/** The PATH without the folder of the helper. */
const usual = process.env['PATH'] ?? '';

/** States that each client knows. */
export const commonStates: readonly ClientState[] = [
  [
    'the helper’s folder behind a link',
    true,
    { 'other/bin': link(`../${bin}`) },
    { PATH: `HOME/other/bin:${usual}` },
  ],
  [
    'a link to the helper',
    true,
    { 'other/docker-credential-keyhold': link(`../${program}`) },
    { PATH: `HOME/other:${usual}` },
  ],
  [
    'the helper in another folder of PATH alone',
    true,
    { 'other/docker-credential-keyhold': movedFrom(`../${program}`) },
    { PATH: `HOME/other:${usual}` },
  ],
  ['a helper that was changed and still answers', true, { [program]: changed }],
  ['no helper', false, { [program]: gone }],
  ['a helper that nobody may start', false, { [program]: notToStart }],
  ['a folder of the helper that is not on PATH', false, {}, { PATH: usual }],
  ['PATH with an empty folder first', true, {}, { PATH: `:HOME/${bin}:${usual}` }],
];
