import { randomUUID } from 'node:crypto'
import type { PutObjectCommandInput, S3Client, _Error as S3KeyError } from '@aws-sdk/client-s3'
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { UpstreamError } from '../kernel/errors.ts'
import type { ObjectStore, TaggedObject, TaggedReader } from '../kernel/ports.ts'
import { blamingS3, CONFLICT, refusalStatus } from './s3-errors.ts'

/** An {@link ObjectStore} in an S3 bucket. S3 replaces an object as a whole by itself; its entity tags are the tags. */
export function s3ObjectStore(client: S3Client, bucket: string): ObjectStore & TaggedReader {
  // Of an empty text the SDK would say that its length is not known.
  const objectOf = (key: string, body: Uint8Array | string) => ({
    Bucket: bucket,
    Key: key,
    Body: typeof body === 'string' ? Buffer.from(body) : body,
  })
  return {
    get: (key) =>
      blamingS3(async () => {
        try {
          const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
          return await answer.Body?.transformToByteArray()
        } catch (thrown) {
          if (thrown instanceof NoSuchKey) return undefined
          throw thrown
        }
      }),
    getTagged: (key, knownTag) => blamingS3(() => readTagged(client, { Bucket: bucket, Key: key }, knownTag)),
    put: (key, body) =>
      blamingS3(async () => {
        await client.send(new PutObjectCommand(objectOf(key, body)))
      }),
    putNew: (key, body) => blamingS3(() => createObject(client, objectOf(key, body))),
    list: (prefix) =>
      blamingS3(async () => {
        const keys: string[] = []
        for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
          for (const object of page.Contents ?? []) if (object.Key !== undefined) keys.push(object.Key)
        }
        return keys.sort()
      }),
    remove: (keys) => blamingS3(() => deleteObjects(client, bucket, keys)),
  }
}

const NOT_MODIFIED = 304

async function readTagged(
  client: S3Client,
  object: { Bucket: string; Key: string },
  knownTag: string | undefined,
): Promise<TaggedObject | 'unchanged' | undefined> {
  const condition = knownTag === undefined ? {} : { IfNoneMatch: knownTag }
  try {
    const { Body, ETag } = await client.send(new GetObjectCommand({ ...object, ...condition }))
    if (Body === undefined || ETag === undefined) {
      throw new UpstreamError('S3', `the answer for ${object.Key} has no body or no tag`, { retryable: false })
    }
    return { body: await Body.transformToByteArray(), tag: ETag }
  } catch (thrown) {
    if (thrown instanceof NoSuchKey) return undefined
    // To the SDK it is an error, for it has no body.
    if (refusalStatus(thrown) === NOT_MODIFIED) return 'unchanged'
    throw thrown
  }
}

const PRECONDITION_FAILED = 412
const MOST_CONFLICTS = 3

/** Creates an object unless one stands; false where it does. */
async function createObject(client: S3Client, object: PutObjectCommandInput): Promise<boolean> {
  const mark = randomUUID()
  for (let conflicts = 0; ; conflicts++) {
    try {
      await client.send(new PutObjectCommand({ ...object, IfNoneMatch: '*', Metadata: { 'created-by': mark } }))
      return true
    } catch (thrown) {
      if (refusalStatus(thrown) === PRECONDITION_FAILED) return wasRepeated(thrown) && isMarked(client, object, mark)
      // It does not say that an object stands, only to ask again.
      if (refusalStatus(thrown) !== CONFLICT || conflicts === MOST_CONFLICTS) throw thrown
    }
  }
}

/** Whether the SDK had sent the request before: the first try may have created the object, its answer lost. */
function wasRepeated(thrown: unknown): boolean {
  return thrown instanceof S3ServiceException && (thrown.$metadata.attempts ?? 1) > 1
}

async function isMarked(client: S3Client, { Bucket, Key }: PutObjectCommandInput, mark: string): Promise<boolean> {
  const standing = await client.send(new HeadObjectCommand({ Bucket, Key }))
  return standing.Metadata?.['created-by'] === mark
}

/** Keys of one DeleteObjects request. */
const BATCH_KEYS = 1000
/** Codes of keys that may go another time. */
const PASSING: readonly unknown[] = ['InternalError', 'ServiceUnavailable', 'SlowDown']

async function deleteObjects(client: S3Client, bucket: string, keys: readonly string[]): Promise<void> {
  const errors: S3KeyError[] = []
  for (let begin = 0; begin < keys.length; begin += BATCH_KEYS) {
    const Objects = keys.slice(begin, begin + BATCH_KEYS).map((Key) => ({ Key }))
    const answer = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }))
    errors.push(...(answer.Errors ?? []))
  }
  const [first] = errors
  if (first === undefined) return
  const message = `${errors.length} of ${keys.length} objects were not removed; ${first.Key}: ${first.Code} ${first.Message}`
  throw new UpstreamError('S3', message, { retryable: errors.every(({ Code }) => PASSING.includes(Code)) })
}
