import type { Migration } from 'kysely/migration';
import * as identity from './0001-identity.ts';
import * as registry from './0002-registry.ts';
import * as registryReferences from './0003-registry-references.ts';
import * as bots from './0004-bots.ts';
import * as sessionPassword from './0005-session-password.ts';
import * as blobSizes from './0006-blob-sizes.ts';
import * as grantsOfAPrincipal from './0007-grants-of-a-principal.ts';
import * as principals from './0008-principals.ts';
import * as uploadPrincipals from './0009-upload-principals.ts';
import * as organizations from './0010-organizations.ts';
import * as directory from './0011-directory.ts';
import * as leftDirectory from './0012-left-directory.ts';
import * as loginTokenPairs from './0013-login-token-pairs.ts';
import * as accessBatches from './0014-access-batches.ts';
import * as repositoryUses from './0015-repository-uses.ts';
import * as accessRequests from './0016-access-requests.ts';
import * as accessTemplates from './0017-access-templates.ts';
import * as keeper from './0018-keeper.ts';
import * as keeperAnchor from './0019-keeper-anchor.ts';

/** All migrations; they run in the order of their names, each once. */
export const migrations: Record<string, Migration> = {
  '0001-identity': identity,
  '0002-registry': registry,
  '0003-registry-references': registryReferences,
  '0004-bots': bots,
  '0005-session-password': sessionPassword,
  '0006-blob-sizes': blobSizes,
  '0007-grants-of-a-principal': grantsOfAPrincipal,
  '0008-principals': principals,
  '0009-upload-principals': uploadPrincipals,
  '0010-organizations': organizations,
  '0011-directory': directory,
  '0012-left-directory': leftDirectory,
  '0013-login-token-pairs': loginTokenPairs,
  '0014-access-batches': accessBatches,
  '0015-repository-uses': repositoryUses,
  '0016-access-requests': accessRequests,
  '0017-access-templates': accessTemplates,
  '0018-keeper': keeper,
  '0019-keeper-anchor': keeperAnchor,
};
