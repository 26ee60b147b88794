import { fileObjectStore } from '../../shared/adapters/file-object-store.ts'
import { AWS_TIMEOUTS } from '../../shared/config/aws-timeouts.ts'
import type { ObjectStore } from '../../shared/kernel/ports.ts'
import { openDataDirectory } from '../workspace/data-directory.ts'
import type { WorkspaceFlags } from './command.ts'

/** Whose alerts a command tells of: those of a data directory, or of an installation on AWS. */
export interface AlertFlags extends WorkspaceFlags {
  bucket?: string
}

/** Where alerts are kept. Needs no database, and so works beside a running `npm start`. */
export async function openAlertObjects({ data, bucket }: AlertFlags): Promise<ObjectStore> {
  if (bucket === undefined) return fileObjectStore((await openDataDirectory(data, { fresh: false })).objectsDir)
  // The SDK takes long to import, and alerts of this machine do without it.
  const [{ S3Client }, { s3ObjectStore }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('../../shared/adapters/s3-object-store.ts'),
  ])
  return s3ObjectStore(new S3Client(AWS_TIMEOUTS), bucket)
}
