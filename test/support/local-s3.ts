import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import S3rver from 's3rver'
import { temporaryFolder } from './temporary-folder.ts'

/** A server that speaks S3, on this machine only. */
export interface LocalS3 extends AsyncDisposable {
  url: string
  client: S3Client
  /** Makes an empty bucket; returns its name. */
  bucket(): Promise<string>
}

/** Starts a server that speaks S3 over HTTP, its buckets in a temporary folder. It ignores `If-None-Match`. */
export async function localS3(): Promise<LocalS3> {
  const folder = await temporaryFolder()
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    directory: folder.path,
    silent: true,
    configureBuckets: [],
  })
  const { port } = await server.run()
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
  let buckets = 0
  return {
    url: `http://127.0.0.1:${port}`,
    client,
    async bucket() {
      const name = `bucket-${buckets++}`
      await client.send(new CreateBucketCommand({ Bucket: name }))
      return name
    },
    async [Symbol.asyncDispose]() {
      client.destroy()
      await server.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}
