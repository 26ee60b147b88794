import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { UpstreamError } from '../kernel/errors.ts'
import type { LakeFile } from '../lake/file.ts'
import type { FileTransfer } from '../lake/transfer.ts'

/** Size and hash of a file on this machine. */
export async function measureFile(path: string): Promise<Pick<LakeFile, 'bytes' | 'sha256'>> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return { bytes: (await stat(path)).size, sha256: hash.digest('hex') }
}

/**
 * A path where a file of the lake can be read, after its bytes were found to be those that were written.
 *
 * @throws {UpstreamError} where it is gone or other bytes have taken its place
 */
export async function soundCopy(transfer: FileTransfer, file: LakeFile, scratch: string): Promise<string> {
  const path = await transfer.localCopy(file.key, scratch)
  const { sha256 } = await measureFile(path)
  if (sha256 === file.sha256) return path
  throw new UpstreamError('lake', `${file.key} is damaged: its bytes are not those that were written`, {
    retryable: false,
  })
}
