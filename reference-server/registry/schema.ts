/** A blob that a repository may serve. The bytes are one file per digest, shared by all repositories. */
interface RegistryBlobTable {
  repository_id: string;
  digest: string;
  created_at: string;
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
  /** `kind:id` of who began it: nobody else may go on with it. */
  principal: string;
  created_at: string;
  /** Last sign of life: uploads that stay silent too long are swept. */
  touched_at: string;
}

/** The registry's tables. */
export interface RegistryTables {
  registry_blobs: RegistryBlobTable;
  registry_manifests: RegistryManifestTable;
  registry_tags: RegistryTagTable;
  registry_uploads: RegistryUploadTable;
}
