import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { repositoryNameMax } from '../../../../contracts/domain/repository-name.ts';
import {
  maxAnnotationBytes,
  maxManifestSize,
} from '../../../../reference-server/registry/manifest-document.ts';
import { maxPushedTags } from '../../../../reference-server/registry/manifest-push.ts';
import { maxDescriptors } from '../../../../reference-server/registry/manifest-schema.ts';
import { maxDepth } from '../../../../reference-server/registry/plain-json.ts';
import { catalogQuery, tagsQuery } from '../../../../reference-server/registry/route-schemas.ts';
import { maxScopes } from '../../../../reference-server/registry/scopes.ts';
import { maxOpenUploads } from '../../../../reference-server/registry/upload-records.ts';

it('the limits of the registry are said where it is described', () => {
  const text = readFileSync(path.join(import.meta.dirname, '../../../../docs/registry.md'), 'utf8');
  const huge = { n: '9'.repeat(10) };
  const [tags, most, usual] = [tagsQuery.parse(huge).n, catalogQuery.parse(huge).n, catalogQuery.parse({}).n];
  for (const words of [
    `${String(repositoryNameMax)} characters at most`,
    `${String(maxManifestSize / 1024 / 1024)} MiB; it is read no further`,
    `${maxDescriptors.toLocaleString('en')}; ${String(maxDepth)} levels`,
    `${String(maxAnnotationBytes / 1024)} KiB`,
    `| ${String(maxPushedTags)} `,
    `up to ${String(tags)}, up to ${String(most)} (${String(usual)} without`,
    `| ${String(maxOpenUploads)} `,
    `| ${String(maxScopes)} `,
  ])
    expect(text).toContain(words);
});
