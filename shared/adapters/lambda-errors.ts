import { LambdaServiceException, ResourceNotFoundException } from '@aws-sdk/client-lambda'
import { DomainError, messageOf, UpstreamError } from '../kernel/errors.ts'
import { isRetryableStatus } from '../kernel/retryable.ts'

/** Runs requests to Lambda. @throws {UpstreamError} where one fails */
export async function blamingLambda<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof DomainError || cause instanceof UpstreamError) throw cause
    throw new UpstreamError('Lambda', told(messageOf(cause)), {
      retryable: isRetryableStatus(refusalStatus(cause)),
      cause,
    })
  }
}

/** The SDK says what it lacks, and not where it looks for it. */
function told(message: string): string {
  return message === 'Region is missing' ? `${message}: name it in AWS_REGION, or by a profile in AWS_PROFILE` : message
}

/** The HTTP status with which Lambda refused; undefined where it did not answer. */
export function refusalStatus(thrown: unknown): number | undefined {
  return thrown instanceof LambdaServiceException ? thrown.$metadata.httpStatusCode : undefined
}

/** A handler of rejections: undefined where Lambda knows no such function, version or alias. */
export function ifUnknown(thrown: unknown): undefined {
  if (thrown instanceof ResourceNotFoundException) return undefined
  throw thrown
}
