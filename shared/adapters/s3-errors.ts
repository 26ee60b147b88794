import { S3ServiceException } from '@aws-sdk/client-s3'
import { InvariantError, messageOf, UpstreamError } from '../kernel/errors.ts'
import { isRetryableStatus } from '../kernel/retryable.ts'

/** Runs requests to S3. @throws {UpstreamError} where one fails */
export async function blamingS3<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof InvariantError || cause instanceof UpstreamError) throw cause
    throw new UpstreamError('S3', messageOf(cause), { retryable: isRetryable(cause), cause })
  }
}

/** The HTTP status with which S3 refused; undefined where it did not answer. */
export function refusalStatus(thrown: unknown): number | undefined {
  return thrown instanceof S3ServiceException ? thrown.$metadata.httpStatusCode : undefined
}

/** Another request to the same object was in the midst of something. */
export const CONFLICT = 409

function isRetryable(thrown: unknown): boolean {
  const status = refusalStatus(thrown)
  return !isOfLocalFile(thrown) && (status === CONFLICT || isRetryableStatus(status))
}

/** An error of this machine's disk, in the midst of a transfer: only those name a path. */
function isOfLocalFile(thrown: unknown): boolean {
  return thrown instanceof Error && 'syscall' in thrown && 'path' in thrown
}
