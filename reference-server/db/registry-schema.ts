import type { InstantText } from './column-types.ts';

/** A blob that a repository may serve. The bytes are one file per digest, shared by all repositories. */
interface RegistryBlobTable {
  repository_id: string;
  digest: string;
  created_at: string;
  /** In bytes; -1 while it is not known. */
  size: number;
}

/** A manifest of a repository; its bytes are kept like a blob's. */
interface RegistryManifestTable {
  repository_id: string;
  digest: string;
  /** The `Content-Type` that it was pushed with and is served with. */
  media_type: string;
  /** In bytes. */
  size: number;
  created_at: string;
  /** Digest of the manifest that this one is about (OCI image specification 1.1, "subject"). */
  subject: string | null;
  /** `artifactType`, or of an image without one its config's media type. */
  artifact_type: string | null;
  /** JSON object of strings. */
  annotations: string | null;
}

/** A blob or manifest that a manifest needs. */
interface RegistryReferenceTable {
  repository_id: string;
  manifest: string;
  digest: string;
}

interface RegistryTagTable {
  repository_id: string;
  tag: string;
  digest: string;
  updated_at: string;
}

/** An upload that was begun and neither finished nor cancelled. */
interface RegistryUploadTable {
  id: string;
  repository_id: string;
  /** Who began it: nobody else may go on with it. */
  principal_id: string;
  created_at: string;
  /** Last sign of life: uploads that stay silent too long are swept. */
  touched_at: string;
}

/** When a principal last used a repository; null for never. */
export interface RepositoryUseTable {
  repository_id: string;
  principal_id: string;
  pulled_at: InstantText | null;
  pushed_at: InstantText | null;
}

/** One row. */
interface UseNotesTable {
  id: 1;
  /** Since when uses are noted. */
  since: InstantText;
}

/** The registry's tables. */
export interface RegistryTables {
  registry_blobs: RegistryBlobTable;
  registry_manifests: RegistryManifestTable;
  registry_references: RegistryReferenceTable;
  registry_tags: RegistryTagTable;
  registry_uploads: RegistryUploadTable;
  repository_uses: RepositoryUseTable;
  use_notes: UseNotesTable;
}
