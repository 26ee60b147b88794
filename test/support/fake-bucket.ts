import { createHash } from 'node:crypto'
import type {
  DeleteObjectsCommandInput,
  GetObjectCommandInput,
  ListObjectsV2CommandInput,
  PutObjectCommandInput,
  S3ClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-s3'
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import type { AwsStub } from 'aws-sdk-client-mock'
import { mockClient } from 'aws-sdk-client-mock'
import { bytesOf } from './memory-object-store.ts'

type S3Stub = AwsStub<ServiceInputTypes, ServiceOutputTypes, S3ClientResolvedConfig>

const PAGE_KEYS = 3

/** An S3 client whose requests a bucket in memory answers, listing three keys a page. */
export function fakeBucket(bucket: string) {
  const client = new S3Client({ region: 'eu-central-1' })
  const requests = mockClient(client)
  return { client, requests, ...answerFromBucket(requests, bucket) }
}

/**
 * Makes a bucket in memory answer mocked requests: those of one client, or of every client there will be.
 *
 * @returns how many objects' bytes it has sent
 */
export function answerFromBucket(requests: S3Stub, bucket: string): { bodiesSent: () => number } {
  const objects = new Map<string, Uint8Array>()
  let sent = 0
  requests.on(GetObjectCommand, { Bucket: bucket }).callsFake(async (input: GetObjectCommandInput) => {
    const body = objects.get(input.Key ?? '')
    if (body === undefined) throw new NoSuchKey({ message: 'The specified key does not exist.', $metadata: {} })
    const ETag = `"${createHash('md5').update(body).digest('hex')}"`
    if (input.IfNoneMatch === ETag) throw s3Refusal('NotModified', 304)
    sent++
    return { ETag, Body: { transformToByteArray: async () => body.slice() } }
  })
  requests.on(PutObjectCommand, { Bucket: bucket }).callsFake(async (input: PutObjectCommandInput) => {
    const { Key = '', Body, IfNoneMatch } = input
    if (IfNoneMatch === '*' && objects.has(Key)) throw s3Refusal('PreconditionFailed', 412)
    if (typeof Body !== 'string' && !(Body instanceof Uint8Array)) throw new Error('the fake bucket takes whole bodies')
    objects.set(Key, bytesOf(Body))
    return {}
  })
  requests.on(DeleteObjectsCommand, { Bucket: bucket }).callsFake(async ({ Delete }: DeleteObjectsCommandInput) => {
    for (const { Key = '' } of Delete?.Objects ?? []) objects.delete(Key)
    return {}
  })
  requests.on(ListObjectsV2Command, { Bucket: bucket }).callsFake(async (input: ListObjectsV2CommandInput) => {
    const { Prefix = '', ContinuationToken } = input
    const begin = Number(ContinuationToken ?? 0)
    const keys = [...objects.keys()].filter((key) => key.startsWith(Prefix)).sort()
    const next = begin + PAGE_KEYS < keys.length ? { NextContinuationToken: String(begin + PAGE_KEYS) } : {}
    return { Contents: keys.slice(begin, begin + PAGE_KEYS).map((Key) => ({ Key })), ...next }
  })
  return { bodiesSent: () => sent }
}

/** An error that S3 answers with, after as many tries as the SDK made. */
export function s3Refusal(name: string, httpStatusCode: number, attempts = 1): S3ServiceException {
  return new S3ServiceException({ name, message: name, $fault: 'client', $metadata: { httpStatusCode, attempts } })
}
