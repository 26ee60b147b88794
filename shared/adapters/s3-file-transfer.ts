import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3'
import { GetObjectCommand, NoSuchKey } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { UpstreamError } from '../kernel/errors.ts'
import { keyParts } from '../kernel/object-key.ts'
import type { FileTransfer } from '../lake/transfer.ts'
import { blamingS3 } from './s3-errors.ts'

/** Bytes of one part: a larger file goes up in several, and no more of it is in memory than those under way. */
const PART_BYTES = 8 * 1024 * 1024
const PARTS_AT_ONCE = 4

/** A {@link FileTransfer} to and from an S3 bucket. An upload that fails leaves no parts behind. */
export function s3FileTransfer(client: S3Client, bucket: string): FileTransfer {
  return {
    upload: (path, key) => blamingS3(() => upload(client, path, { Bucket: bucket, Key: key })),
    localCopy: (key, scratch) =>
      blamingS3(async () => {
        const path = join(scratch, ...keyParts(key))
        const partial = `${path}.partial-${randomUUID()}`
        await mkdir(dirname(path), { recursive: true })
        try {
          await download(client, bucket, key, partial)
          await rename(partial, path)
        } finally {
          await rm(partial, { force: true })
        }
        return path
      }),
  }
}

async function upload(client: S3Client, path: string, object: { Bucket: string; Key: string }): Promise<void> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const checksum = await checksumOf(client)
    const params = { ...object, ...checksum, Body: file.createReadStream(), ContentLength: size }
    await new Upload({ client, params, partSize: PART_BYTES, queueSize: PARTS_AT_ONCE }).done()
  } finally {
    await file.close()
  }
}

/** SHA-256 of every part, unless the client is for a server that takes no checksums that it need not take. */
async function checksumOf(client: S3Client): Promise<Pick<PutObjectCommandInput, 'ChecksumAlgorithm'>> {
  const isSupported = (await client.config.requestChecksumCalculation()) === 'WHEN_SUPPORTED'
  return isSupported ? { ChecksumAlgorithm: 'SHA256' } : {}
}

async function download(client: S3Client, bucket: string, key: string, path: string): Promise<void> {
  const { Body, ContentLength } = await getObject(client, bucket, key)
  if (!(Body instanceof Readable)) throw new UpstreamError('S3', `the answer for ${key} has no body`)
  await pipeline(Body, createWriteStream(path))
  const { size } = await stat(path)
  if (size !== ContentLength) throw new UpstreamError('S3', `${key} broke off after ${size} of ${ContentLength} bytes`)
}

async function getObject(client: S3Client, bucket: string, key: string) {
  try {
    return await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
  } catch (cause) {
    if (!(cause instanceof NoSuchKey)) throw cause
    throw new UpstreamError('S3', `there is no object ${key} in ${bucket}`, { retryable: false, cause })
  }
}
