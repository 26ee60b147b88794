import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { fileObjectStore } from '../../shared/adapters/file-object-store.ts'
import { nodeKeyMaterial } from '../../shared/adapters/node-key-material.ts'
import { AWS_TIMEOUTS } from '../../shared/config/aws-timeouts.ts'
import { DomainError } from '../../shared/kernel/errors.ts'
import type { KeyDeps } from '../../shared/usecases/manage-keys.ts'
import { openDataDirectory, openPepper } from '../workspace/data-directory.ts'
import type { WorkspaceFlags } from './command.ts'
import { workspaceCommand } from './command.ts'

/** Whose keys a command works on: those of a data directory, or of an installation on AWS. */
export interface KeyFlags extends WorkspaceFlags {
  bucket?: string
  pepperParameter?: string
}

/** A command on keys: `--data`, or `--bucket` with `--pepper-parameter`, and `--json`. */
export function keyCommand(name: string, description: string): Command {
  return workspaceCommand(name, description)
    .option('--bucket <name>', 'keys of the installation on AWS whose artefacts are in this bucket')
    .option('--pepper-parameter <name>', 'its SSM parameter with the pepper of the keys')
}

/**
 * Where the keys are kept. Needs no database, and so works beside a running `npm start`.
 *
 * @throws {DomainError} `contradicting_options`, and those of opening a data directory
 * @throws {UpstreamError} where the pepper on AWS cannot be had
 */
export async function openKeyPlace({ data, bucket, pepperParameter }: KeyFlags): Promise<KeyDeps> {
  const clock = Date.now
  if (bucket !== undefined && pepperParameter !== undefined) {
    return { ...(await openOnAws(bucket, pepperParameter)), clock, sleep }
  }
  if (bucket !== undefined || pepperParameter !== undefined) {
    throw new DomainError('contradicting_options', 'keys on AWS need both --bucket and --pepper-parameter')
  }
  const directory = await openDataDirectory(data, { fresh: false })
  const material = nodeKeyMaterial(await openPepper(directory))
  return { objects: fileObjectStore(directory.objectsDir), material, clock, sleep }
}

async function openOnAws(bucket: string, parameter: string): Promise<Pick<KeyDeps, 'objects' | 'material'>> {
  // The SDK takes long to import, and keys of this machine do without it.
  const [{ S3Client }, { SSMClient }, { s3ObjectStore }, { ssmSecret }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@aws-sdk/client-ssm'),
    import('../../shared/adapters/s3-object-store.ts'),
    import('../../shared/adapters/ssm-secret.ts'),
  ])
  const readPepper = ssmSecret(new SSMClient(AWS_TIMEOUTS), parameter, { clock: Date.now, maxAgeMs: 60_000 })
  const objects = s3ObjectStore(new S3Client(AWS_TIMEOUTS), bucket)
  return { objects, material: nodeKeyMaterial(await readPepper()) }
}
