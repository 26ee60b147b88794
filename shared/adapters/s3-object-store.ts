import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import {
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { messageOf, UpstreamError } from '../kernel/errors.ts'
import type { ObjectStore } from '../kernel/ports.ts'

/** No request waits for ever: a look that hangs would be the last one. */
export const S3_TIMEOUTS: S3ClientConfig = { requestHandler: { connectionTimeout: 2000, requestTimeout: 10_000 } }

/** An {@link ObjectStore} in an S3 bucket. S3 replaces an object as a whole by itself. */
export function s3ObjectStore(client: S3Client, bucket: string): ObjectStore {
  return {
    get: (key) =>
      translate(async () => {
        try {
          const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
          return await answer.Body?.transformToByteArray()
        } catch (thrown) {
          if (thrown instanceof NoSuchKey) return undefined
          throw thrown
        }
      }),
    put: (key, body) =>
      translate(async () => {
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }))
      }),
    list: (prefix) =>
      translate(async () => {
        const keys: string[] = []
        for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
          for (const object of page.Contents ?? []) if (object.Key !== undefined) keys.push(object.Key)
        }
        return keys.sort()
      }),
  }
}

async function translate<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new UpstreamError('S3', messageOf(cause), { retryable: !isRefusal(cause), cause })
  }
}

/** Whether S3 understood and said no, as it will the next time: denied access, no such bucket. */
function isRefusal(cause: unknown): boolean {
  const status = cause instanceof S3ServiceException ? cause.$metadata.httpStatusCode : undefined
  return status !== undefined && status >= 400 && status < 500 && status !== 429
}
