import type { S3ClientResolvedConfig, ServiceInputTypes, ServiceOutputTypes } from '@aws-sdk/client-s3'
import { GetObjectCommand, ListObjectsV2Command, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { AwsStub } from 'aws-sdk-client-mock'
import { mockClient } from 'aws-sdk-client-mock'

type S3Stub = AwsStub<ServiceInputTypes, ServiceOutputTypes, S3ClientResolvedConfig>

const PAGE_KEYS = 3

/** An S3 client whose requests a bucket in memory answers, listing three keys a page. */
export function fakeBucket(bucket: string) {
  const client = new S3Client({ region: 'eu-central-1' })
  const requests = mockClient(client)
  answerFromBucket(requests, bucket)
  return { client, requests }
}

/** Makes a bucket in memory answer mocked requests: those of one client, or of every client there will be. */
export function answerFromBucket(requests: S3Stub, bucket: string): void {
  const objects = new Map<string, Uint8Array>()
  requests.on(GetObjectCommand, { Bucket: bucket }).callsFake(async ({ Key }: { Key: string }) => {
    const body = objects.get(Key)
    if (body === undefined) throw new NoSuchKey({ message: 'The specified key does not exist.', $metadata: {} })
    return { Body: { transformToByteArray: async () => body.slice() } }
  })
  requests
    .on(PutObjectCommand, { Bucket: bucket })
    .callsFake(async ({ Key, Body }: { Key: string; Body: Uint8Array | string }) => {
      objects.set(Key, typeof Body === 'string' ? new TextEncoder().encode(Body) : Uint8Array.from(Body))
      return {}
    })
  requests.on(ListObjectsV2Command, { Bucket: bucket }).callsFake(async (input: ListInput) => {
    const begin = Number(input.ContinuationToken ?? 0)
    const keys = [...objects.keys()].filter((key) => key.startsWith(input.Prefix)).sort()
    const next = begin + PAGE_KEYS < keys.length ? { NextContinuationToken: String(begin + PAGE_KEYS) } : {}
    return { Contents: keys.slice(begin, begin + PAGE_KEYS).map((Key) => ({ Key })), ...next }
  })
}

interface ListInput {
  Prefix: string
  ContinuationToken?: string
}
