import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fileObjectStore } from '../../shared/adapters/file-object-store.ts'
import { fileTransfer } from '../../shared/adapters/file-transfer.ts'
import { s3FileTransfer } from '../../shared/adapters/s3-file-transfer.ts'
import { s3ObjectStore } from '../../shared/adapters/s3-object-store.ts'
import { InvariantError } from '../../shared/kernel/errors.ts'
import type { ObjectStore } from '../../shared/kernel/ports.ts'
import type { FileTransfer } from '../../shared/lake/transfer.ts'
import { s3Refusal } from '../support/fake-bucket.ts'
import type { LocalS3 } from '../support/local-s3.ts'
import { localS3 } from '../support/local-s3.ts'
import { memoryFileTransfer } from '../support/memory-file-transfer.ts'
import { memoryObjectStore, textOf } from '../support/memory-object-store.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const MIB = 1024 * 1024

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let s3: LocalS3
let folders = 0

beforeAll(async () => {
  folder = await temporaryFolder()
  s3 = await localS3()
})

afterAll(async () => {
  await s3[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

async function emptyFolder(): Promise<string> {
  const path = join(folder.path, String(folders++))
  await mkdir(path)
  return path
}

/** A new file of this machine. */
async function fileOf(body: string | Uint8Array): Promise<string> {
  const path = join(await emptyFolder(), 'file')
  await writeFile(path, body)
  return path
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** A transfer, and the store in which its objects are. */
interface Setting {
  transfer: FileTransfer
  objects: ObjectStore
}

const SETTINGS: [where: string, make: () => Promise<Setting>][] = [
  [
    'memory',
    async () => {
      const objects = memoryObjectStore()
      return { objects, transfer: memoryFileTransfer(objects) }
    },
  ],
  [
    'a folder',
    async () => {
      const root = await emptyFolder()
      return { objects: fileObjectStore(root), transfer: fileTransfer(root) }
    },
  ],
  [
    'a bucket over HTTP',
    async () => {
      const bucket = await s3.bucket()
      return { objects: s3ObjectStore(s3.client, bucket), transfer: s3FileTransfer(s3.client, bucket) }
    },
  ],
]

describe.each(SETTINGS)('a file transfer to and from %s', (_, make) => {
  let transfer: FileTransfer
  let objects: ObjectStore

  beforeEach(async () => {
    const setting = await make()
    transfer = setting.transfer
    objects = setting.objects
  })

  it('makes a file an object', async () => {
    await transfer.upload(await fileOf('Ünïcode 🎲\n'), 'lake/bets/part-0.parquet')
    expect(await textOf(objects, 'lake/bets/part-0.parquet')).toBe('Ünïcode 🎲\n')
    expect(await objects.list('')).toEqual(['lake/bets/part-0.parquet'])
  })

  it('leaves the file where it was', async () => {
    const path = await fileOf('mine')
    await transfer.upload(path, 'a')
    expect(await readFile(path, 'utf8')).toBe('mine')
  })

  it('replaces an object as a whole, by a shorter one too', async () => {
    await transfer.upload(await fileOf('a long first version'), 'a')
    await transfer.upload(await fileOf('short'), 'a')
    expect(await textOf(objects, 'a')).toBe('short')
  })

  it('makes an empty file an empty object', async () => {
    await transfer.upload(await fileOf(''), 'empty')
    expect(await objects.get('empty')).toHaveLength(0)
    expect(await readFile(await transfer.localCopy('empty', await emptyFolder()), 'utf8')).toBe('')
  })

  it('makes an object readable as a file of this machine', async () => {
    await objects.put('lake/sport=American%20Football/part-0.parquet', 'rows')
    const path = await transfer.localCopy('lake/sport=American%20Football/part-0.parquet', await emptyFolder())
    expect(await readFile(path, 'utf8')).toBe('rows')
  })

  it('reads an object that was replaced as it is now', async () => {
    const scratch = await emptyFolder()
    await objects.put('a', 'old')
    await transfer.localCopy('a', scratch)
    await objects.put('a', 'new')
    expect(await readFile(await transfer.localCopy('a', scratch), 'utf8')).toBe('new')
  })

  it('reads one object twice at once', async () => {
    const scratch = await emptyFolder()
    await objects.put('a', 'x'.repeat(100_000))
    const paths = await Promise.all([transfer.localCopy('a', scratch), transfer.localCopy('a', scratch)])
    for (const path of paths) expect(await readFile(path)).toHaveLength(100_000)
  })

  it('carries a file of more than two parts there and back', async () => {
    const bytes = randomBytes(17 * MIB + 5)
    await transfer.upload(await fileOf(bytes), 'big')
    const path = await transfer.localCopy('big', await emptyFolder())
    expect(sha256(await readFile(path))).toBe(sha256(bytes))
  })

  it('has no copy of an object that is not there', async () => {
    await objects.put('lake/a', 'x')
    const scratch = await emptyFolder()
    for (const key of ['nothing', 'lake', 'lake/a/more']) {
      await expect(transfer.localCopy(key, scratch)).rejects.toMatchObject({
        name: 'UpstreamError',
        message: expect.stringContaining(`there is no object ${key}`),
        retryable: false,
      })
    }
    expect(await filesBelow(scratch)).toEqual([])
  })

  it('makes no object of a file that is not there', async () => {
    const absent = join(await emptyFolder(), 'absent')
    await expect(transfer.upload(absent, 'a')).rejects.toMatchObject({ name: 'UpstreamError', retryable: false })
    expect(await objects.list('')).toEqual([])
  })

  it.each(['../outside', 'a/../../outside', '/etc/passwd', ''])('makes no path of the key %j', async (key) => {
    await expect(transfer.localCopy(key, await emptyFolder())).rejects.toBeInstanceOf(InvariantError)
  })
})

async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}

describe('the file transfer to and from a folder', () => {
  it('copies nothing to read an object', async () => {
    const [root, scratch] = [await emptyFolder(), await emptyFolder()]
    await fileObjectStore(root).put('lake/a', 'x')
    expect(await fileTransfer(root).localCopy('lake/a', scratch)).toBe(join(root, 'lake/a'))
    expect(await readdir(scratch)).toEqual([])
  })

  it('leaves nothing behind an upload that fails', async () => {
    const root = await emptyFolder()
    await fileObjectStore(root).put('lake/a', 'x')
    await expect(fileTransfer(root).upload(await fileOf('y'), 'lake')).rejects.toMatchObject({ vendor: 'file system' })
    expect((await readdir(root, { recursive: true })).sort()).toEqual(['lake', 'lake/a'])
  })
})

describe('the file transfer to and from a bucket', () => {
  /** A client whose requests are mocked: multipart uploads succeed. */
  function mockedS3(requestChecksumCalculation: 'WHEN_SUPPORTED' | 'WHEN_REQUIRED' = 'WHEN_SUPPORTED') {
    const client = new S3Client({ region: 'eu-central-1', requestChecksumCalculation })
    const requests = mockClient(client)
    requests.on(CreateMultipartUploadCommand).resolves({ UploadId: 'upload-1' })
    requests.on(UploadPartCommand).resolves({ ETag: 'etag' })
    requests.on(CompleteMultipartUploadCommand).resolves({})
    requests.on(AbortMultipartUploadCommand).resolves({})
    requests.on(PutObjectCommand).resolves({})
    return { requests, transfer: s3FileTransfer(client, 'lake') }
  }

  it('sends a file of 8 MiB and a byte in two parts, and one of 8 MiB less a byte in one piece', async () => {
    const { requests, transfer } = mockedS3()
    await transfer.upload(await fileOf(new Uint8Array(8 * MIB + 1)), 'two')
    const parts = requests.commandCalls(UploadPartCommand).map(({ args }) => args[0].input)
    const lengthOf = (body: unknown) => (body instanceof Uint8Array ? body.length : undefined)
    expect(parts.map(({ PartNumber, Body }) => [PartNumber, lengthOf(Body)])).toEqual([
      [1, 8 * MIB],
      [2, 1],
    ])
    await transfer.upload(await fileOf(new Uint8Array(8 * MIB - 1)), 'one')
    expect(requests.commandCalls(PutObjectCommand, { Key: 'one' })).toHaveLength(1)
    expect(requests.commandCalls(CreateMultipartUploadCommand)).toHaveLength(1)
  })

  it.each([
    ['WHEN_SUPPORTED', 'SHA256'],
    ['WHEN_REQUIRED', undefined],
  ] as const)('asks for SHA-256 where the client checks %s', async (setting, algorithm) => {
    const { requests, transfer } = mockedS3(setting)
    await transfer.upload(await fileOf('small'), 'a')
    await transfer.upload(await fileOf(new Uint8Array(9 * MIB)), 'b')
    const inputs = [
      ...requests.commandCalls(PutObjectCommand).map(({ args }) => args[0].input),
      ...requests.commandCalls(CreateMultipartUploadCommand).map(({ args }) => args[0].input),
      ...requests.commandCalls(UploadPartCommand).map(({ args }) => args[0].input),
    ]
    expect(inputs.map(({ ChecksumAlgorithm }) => ChecksumAlgorithm)).toEqual(Array(4).fill(algorithm))
  })

  it('takes back the parts of an upload that fails', async () => {
    const { requests, transfer } = mockedS3()
    requests.on(UploadPartCommand, { PartNumber: 2 }).rejects(s3Refusal('InternalError', 500))
    await expect(transfer.upload(await fileOf(new Uint8Array(17 * MIB)), 'a')).rejects.toMatchObject({
      name: 'UpstreamError',
      vendor: 'S3',
      retryable: true,
    })
    expect(requests.commandCalls(AbortMultipartUploadCommand, { UploadId: 'upload-1' })).toHaveLength(1)
    expect(requests.commandCalls(CompleteMultipartUploadCommand)).toHaveLength(0)
  })

  it.each([
    ['is short', async () => ({ Body: Readable.from([Buffer.from('half')]), ContentLength: 8 }), /4 of 8 bytes/],
    ['breaks off', async () => ({ Body: breakingOff(), ContentLength: 8 }), /aborted/],
    ['is none', async () => ({ ContentLength: 8 }), /no body/],
  ])('refuses a body that %s, and keeps nothing of it', async (_, answer, message) => {
    const { requests, transfer } = mockedS3()
    requests.on(GetObjectCommand).callsFake(answer)
    const scratch = await emptyFolder()
    await expect(transfer.localCopy('lake/a', scratch)).rejects.toMatchObject({
      name: 'UpstreamError',
      message: expect.stringMatching(message),
      retryable: true,
    })
    expect(await filesBelow(scratch)).toEqual([])
  })

  it('says that denied access will not pass', async () => {
    const { requests, transfer } = mockedS3()
    requests.on(GetObjectCommand).rejects(s3Refusal('AccessDenied', 403))
    await expect(transfer.localCopy('a', await emptyFolder())).rejects.toMatchObject({
      vendor: 'S3',
      message: 'AccessDenied',
      retryable: false,
    })
  })
})

function breakingOff(): Readable {
  return Readable.from(
    (async function* () {
      yield Buffer.from('half')
      throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
    })(),
  )
}
