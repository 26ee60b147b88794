import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fileObjectStore } from '../../shared/adapters/file-object-store.ts'
import { s3ObjectStore } from '../../shared/adapters/s3-object-store.ts'
import { InvariantError, UpstreamError } from '../../shared/kernel/errors.ts'
import type { ObjectStore } from '../../shared/kernel/ports.ts'
import { fakeBucket } from '../support/fake-bucket.ts'
import { memoryObjectStore, textOf } from '../support/memory-object-store.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>

beforeAll(async () => {
  folder = await temporaryFolder()
})

afterAll(() => folder[Symbol.asyncDispose]())

let stores = 0

/** A folder of its own for every store. */
function emptyFolder(): string {
  return join(folder.path, `store-${stores++}`)
}

const MAKERS: [name: string, make: () => ObjectStore][] = [
  ['in memory', memoryObjectStore],
  ['in a folder', () => fileObjectStore(emptyFolder())],
  ['in a bucket', () => s3ObjectStore(fakeBucket('artefacts').client, 'artefacts')],
]

describe.each(MAKERS)('an object store %s', (_, make) => {
  let objects: ObjectStore

  beforeEach(() => {
    objects = make()
  })

  it('has nothing under a key never written', async () => {
    expect(await objects.get('models/champion.json')).toBeUndefined()
  })

  it('lists nothing while it is empty', async () => {
    expect(await objects.list('')).toEqual([])
  })

  it('gives text back as UTF-8', async () => {
    await objects.put('note.txt', 'Ünïcode 🎲\n')
    expect(await textOf(objects, 'note.txt')).toBe('Ünïcode 🎲\n')
  })

  it('gives every byte back', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
    await objects.put('models/a/model.onnx', bytes)
    expect(Array.from((await objects.get('models/a/model.onnx')) ?? [])).toEqual(Array.from(bytes))
  })

  it('keeps an empty object apart from none', async () => {
    await objects.put('empty', '')
    expect(await objects.get('empty')).toHaveLength(0)
  })

  it('replaces an object as a whole, by a shorter one too', async () => {
    await objects.put('a/b.json', 'a long first version')
    await objects.put('a/b.json', 'short')
    expect(await textOf(objects, 'a/b.json')).toBe('short')
    expect(await objects.list('a/')).toEqual(['a/b.json'])
  })

  it('is not changed through the bytes that were put or got', async () => {
    const put = Uint8Array.of(1, 2, 3)
    await objects.put('bytes', put)
    put[0] = 9
    const got = await objects.get('bytes')
    got?.fill(7)
    expect(Array.from((await objects.get('bytes')) ?? [])).toEqual([1, 2, 3])
  })

  it('lists the keys that begin with a prefix, sorted, over more than one page', async () => {
    const keys = ['models/b/manifest.json', 'models/a/model.onnx', 'models/a/manifest.json', 'online/features.json']
    const more = Array.from({ length: 7 }, (_, i) => `models/c${i}/manifest.json`)
    for (const key of [...keys, ...more]) await objects.put(key, key)
    const inModels = [...keys.slice(0, 3), ...more].sort()
    expect(await objects.list('models/')).toEqual(inModels)
    expect(await objects.list('')).toEqual([...inModels, 'online/features.json'])
    expect(await objects.list('models/a/m')).toEqual(['models/a/manifest.json', 'models/a/model.onnx'])
    expect(await objects.list('nothing/')).toEqual([])
  })

  it('takes the characters that Hive partitions bring', async () => {
    const key = 'lake/runs/1/processed/sport=American%20Football/month=2025-03/part-0.parquet'
    await objects.put(key, 'x')
    expect(await objects.list('lake/runs/1/processed/sport=')).toEqual([key])
    expect(await textOf(objects, key)).toBe('x')
  })

  it('has nothing under a key that is only the beginning or the continuation of others', async () => {
    await objects.put('models/a/manifest.json', '{}')
    expect(await objects.get('models/a')).toBeUndefined()
    expect(await objects.get('models/a/manifest.json/more')).toBeUndefined()
  })

  it('shows a reader the old object or the new one while it is replaced', async () => {
    const versions = ['a', 'b'].map((letter) => letter.repeat(200_000))
    await objects.put('big', versions[0] ?? '')
    const writes = Array.from({ length: 10 }, (_, i) => objects.put('big', versions[i % 2] ?? ''))
    const reads = await Promise.all(Array.from({ length: 20 }, () => textOf(objects, 'big')))
    await Promise.all(writes)
    expect(reads.filter((text) => !versions.includes(text))).toEqual([])
    expect(await objects.list('')).toEqual(['big'])
  })
})

describe('the object store in a folder', () => {
  it.each(['../outside', 'a/../../outside', '/etc/passwd', 'a//b', './a', 'a/.', '', '..'])(
    'refuses the key %j',
    async (key) => {
      const root = emptyFolder()
      const objects = fileObjectStore(root)
      await expect(objects.put(key, 'x')).rejects.toBeInstanceOf(InvariantError)
      await expect(objects.get(key)).rejects.toBeInstanceOf(InvariantError)
    },
  )

  it('leaves nothing behind a write that fails', async () => {
    const root = emptyFolder()
    const objects = fileObjectStore(root)
    await objects.put('models/a/manifest.json', '{}')
    await expect(objects.put('models/a', 'a file where a folder is')).rejects.toMatchObject({
      name: 'UpstreamError',
      vendor: 'file system',
    })
    expect(await readdir(root, { recursive: true })).toEqual(['models', 'models/a', 'models/a/manifest.json'])
  })

  it('does not list what a killed write left', async () => {
    const root = emptyFolder()
    const objects = fileObjectStore(root)
    await objects.put('models/champion.json', '{}')
    await writeFile(join(root, 'models/champion.json.partial-7d1c'), '{"ver')
    expect(await objects.list('')).toEqual(['models/champion.json'])
  })

  it('says what the file system said where a read fails', async () => {
    const objects = fileObjectStore(emptyFolder())
    await expect(objects.get('x'.repeat(5000))).rejects.toMatchObject({ name: 'UpstreamError', vendor: 'file system' })
  })
})

describe('the object store in a bucket', () => {
  const denied = Object.assign(new Error('Access Denied'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })
  const calls: [name: string, call: (objects: ObjectStore) => Promise<unknown>][] = [
    ['get', (objects) => objects.get('a')],
    ['put', (objects) => objects.put('a', 'x')],
    ['list', (objects) => objects.list('a')],
  ]

  it.each(calls)('turns an error of S3 into an UpstreamError: %s', async (_, call) => {
    const { client, requests } = fakeBucket('artefacts')
    requests.reset()
    requests.onAnyCommand().rejects(denied)
    const failure = call(s3ObjectStore(client, 'artefacts'))
    await expect(failure).rejects.toBeInstanceOf(UpstreamError)
    await expect(failure).rejects.toMatchObject({ vendor: 'S3', message: 'Access Denied', cause: denied })
  })

  it('turns a body that breaks off into an UpstreamError', async () => {
    const { client, requests } = fakeBucket('artefacts')
    const transformToByteArray = () => Promise.reject(new Error('aborted'))
    requests.on(GetObjectCommand).callsFake(async () => ({ Body: { transformToByteArray } }))
    await expect(s3ObjectStore(client, 'artefacts').get('a')).rejects.toMatchObject({
      vendor: 'S3',
      message: 'aborted',
    })
  })

  it('asks for one object with one request', async () => {
    const { client, requests } = fakeBucket('artefacts')
    await s3ObjectStore(client, 'artefacts').get('a')
    expect(requests.calls()).toHaveLength(1)
  })
})
