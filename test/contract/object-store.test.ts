import { once } from 'node:events'
import { readdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fileObjectStore } from '../../shared/adapters/file-object-store.ts'
import { s3ObjectStore } from '../../shared/adapters/s3-object-store.ts'
import { AWS_TIMEOUTS } from '../../shared/config/aws-timeouts.ts'
import { InvariantError, UpstreamError } from '../../shared/kernel/errors.ts'
import type { ObjectStore, TaggedObject, TaggedReader } from '../../shared/kernel/ports.ts'
import { fakeBucket, s3Refusal } from '../support/fake-bucket.ts'
import type { LocalS3 } from '../support/local-s3.ts'
import { localS3 } from '../support/local-s3.ts'
import { memoryObjectStore, textOf } from '../support/memory-object-store.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let s3: LocalS3

beforeAll(async () => {
  folder = await temporaryFolder()
  s3 = await localS3()
})

afterAll(async () => {
  await s3[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

let stores = 0

/** A folder of its own for every store. */
function emptyFolder(): string {
  return join(folder.path, `store-${stores++}`)
}

type Store = ObjectStore & TaggedReader

interface Maker {
  where: string
  make: () => Store | Promise<Store>
  /**
   * False of s3rver, which ignores `If-None-Match` of a write and writes in place where S3 does neither. Of a read it
   * heeds the header.
   */
  isFaithful: boolean
}

const MAKERS: Maker[] = [
  { where: 'in memory', make: memoryObjectStore, isFaithful: true },
  { where: 'in a folder', make: () => fileObjectStore(emptyFolder()), isFaithful: true },
  { where: 'in a mocked bucket', make: () => s3ObjectStore(fakeBucket('mocked').client, 'mocked'), isFaithful: true },
  {
    where: 'in a bucket over HTTP',
    make: async () => s3ObjectStore(s3.client, await s3.bucket()),
    isFaithful: false,
  },
]

describe.each(MAKERS)('an object store $where', ({ make, isFaithful }) => {
  let objects: Store

  beforeEach(async () => {
    objects = await make()
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

  it.skipIf(!isFaithful)('shows a reader the old object or the new one while it is replaced', async () => {
    const versions = ['a', 'b'].map((letter) => letter.repeat(200_000))
    await objects.put('big', versions[0] ?? '')
    const writes = Array.from({ length: 10 }, (_, i) => objects.put('big', versions[i % 2] ?? ''))
    const reads = await Promise.all(Array.from({ length: 20 }, () => textOf(objects, 'big')))
    await Promise.all(writes)
    expect(reads.filter((text) => !versions.includes(text))).toEqual([])
    expect(await objects.list('')).toEqual(['big'])
  })

  it('creates an object where there is none', async () => {
    expect(await objects.putNew('runs/1.json', 'first')).toBe(true)
    expect(await textOf(objects, 'runs/1.json')).toBe('first')
    expect(await objects.list('')).toEqual(['runs/1.json'])
  })

  it('creates an object anew once it is removed', async () => {
    await objects.putNew('runs/1.json', 'first')
    await objects.remove(['runs/1.json'])
    expect(await objects.putNew('runs/1.json', 'second')).toBe(true)
    expect(await textOf(objects, 'runs/1.json')).toBe('second')
  })

  it.skipIf(!isFaithful)('creates nothing where an object stands, and leaves it as it is', async () => {
    await objects.put('runs/1.json', 'first')
    expect(await objects.putNew('runs/1.json', 'second')).toBe(false)
    expect(await textOf(objects, 'runs/1.json')).toBe('first')
    expect(await objects.list('')).toEqual(['runs/1.json'])
  })

  it.skipIf(!isFaithful)('lets one of many create an object', async () => {
    const names = Array.from({ length: 10 }, (_, i) => `writer ${i}`)
    const created = await Promise.all(names.map((name) => objects.putNew('runs/1.json', name)))
    const winners = names.filter((_, i) => created[i])
    expect(winners).toEqual([await textOf(objects, 'runs/1.json')])
  })

  it('gives an object with a tag, by which it knows that nothing has changed', async () => {
    await objects.put('online/features.json', 'Ünïcode 🎲')
    const { body, tag } = await tagged(objects, 'online/features.json')
    expect(decode(body)).toBe('Ünïcode 🎲')
    for (let reads = 0; reads < 3; reads++) {
      expect(await objects.getTagged('online/features.json', tag)).toBe('unchanged')
    }
  })

  it('gives an object whose tag is not the one known', async () => {
    await objects.put('a', 'first')
    await objects.put('b', 'other')
    const { tag } = await tagged(objects, 'b')
    expect(decode((await tagged(objects, 'a', tag)).body)).toBe('first')
    expect(await tagged(objects, 'a', '"no such tag"')).toEqual(await tagged(objects, 'a'))
  })

  it('keeps the tag of an object while others beside it are put and removed', async () => {
    await objects.put('online/features.json', 'x')
    const { tag } = await tagged(objects, 'online/features.json')
    for (const key of ['online/performance.json', 'online/features', 'models/a']) await objects.put(key, 'x')
    await objects.remove(['online/features', 'models/a'])
    expect(await objects.getTagged('online/features.json', tag)).toBe('unchanged')
  })

  it('changes the tag with every change of the bytes, of the same length too', async () => {
    const seen = new Set<string>()
    let last: string | undefined
    // Two writes for each look: the second may get the place on disk that the version seen last has left.
    for (let version = 0; version < 40; version += 2) {
      await objects.put('a', `version ${version + 100}`)
      await objects.put('a', `version ${version + 101}`)
      const { body, tag } = await tagged(objects, 'a', last)
      expect(decode(body)).toBe(`version ${version + 101}`)
      seen.add(tag)
      last = tag
    }
    expect(seen.size).toBe(20)
  })

  it('tags an object that it has created, one created anew too', async () => {
    await objects.putNew('runs/1.json', 'first')
    const { tag } = await tagged(objects, 'runs/1.json')
    expect(await objects.getTagged('runs/1.json', tag)).toBe('unchanged')
    await objects.remove(['runs/1.json'])
    await objects.putNew('runs/1.json', 'later')
    expect(decode((await tagged(objects, 'runs/1.json', tag)).body)).toBe('later')
  })

  it('has nothing with a tag under a key that has no object, whatever was known', async () => {
    await objects.put('models/a/manifest.json', '{}')
    const { tag } = await tagged(objects, 'models/a/manifest.json')
    await objects.remove(['models/a/manifest.json'])
    await objects.put('models/b/manifest.json', '{}')
    for (const key of ['models/a/manifest.json', 'models/b', 'models/b/manifest.json/more', 'never']) {
      expect(await objects.getTagged(key)).toBeUndefined()
      expect(await objects.getTagged(key, tag)).toBeUndefined()
    }
  })

  it('keeps an empty object with a tag apart from none', async () => {
    await objects.put('empty', '')
    const { body, tag } = await tagged(objects, 'empty')
    expect(body).toHaveLength(0)
    expect(await objects.getTagged('empty', tag)).toBe('unchanged')
  })

  it('is not changed through the bytes that were got with a tag', async () => {
    await objects.put('bytes', Uint8Array.of(1, 2, 3))
    const { body } = await tagged(objects, 'bytes')
    body.fill(7)
    expect(Array.from((await tagged(objects, 'bytes')).body)).toEqual([1, 2, 3])
  })

  it.skipIf(!isFaithful)('never gives the bytes of one version with the tag of another', async () => {
    const versions = ['a', 'b'].map((letter) => letter.repeat(200_000))
    await objects.put('big', versions[0] ?? '')
    const writes = Array.from({ length: 10 }, (_, i) => objects.put('big', versions[i % 2] ?? ''))
    const reads = await Promise.all(Array.from({ length: 20 }, () => tagged(objects, 'big')))
    await Promise.all(writes)
    const texts = reads.map(({ body }) => decode(body))
    expect(texts.filter((text) => !versions.includes(text))).toEqual([])
    const textsByTag = Map.groupBy(reads.keys(), (i) => reads[i]?.tag)
    for (const sharing of textsByTag.values()) expect(new Set(sharing.map((i) => texts[i])).size).toBe(1)
  })

  it('removes the objects it is told to, and no other', async () => {
    for (const key of ['lake/a/1', 'lake/a/2', 'lake/b/1', 'top']) await objects.put(key, key)
    await objects.remove(['lake/a/1', 'lake/a/2', 'top'])
    expect(await objects.list('')).toEqual(['lake/b/1'])
    expect(await objects.get('top')).toBeUndefined()
  })

  it('takes no offence at removing what is not there', async () => {
    await objects.put('lake/a/1', 'x')
    await objects.remove(['lake/a', 'lake/a/2', 'lake/a/1/more', 'elsewhere/1', 'elsewhere/1'])
    await objects.remove([])
    expect(await objects.list('')).toEqual(['lake/a/1'])
  })
})

const decode = (body: Uint8Array) => new TextDecoder().decode(body)

/** An object that must be there and be sent. */
async function tagged(objects: TaggedReader, key: string, knownTag?: string): Promise<TaggedObject> {
  const object = await objects.getTagged(key, knownTag)
  if (object === undefined || object === 'unchanged') throw new Error(`${key} was not sent: ${object}`)
  return object
}

describe('the object store in a folder', () => {
  it.each(['../outside', 'a/../../outside', '/etc/passwd', 'a//b', './a', 'a/.', '', '..'])(
    'refuses the key %j',
    async (key) => {
      const root = emptyFolder()
      const objects = fileObjectStore(root)
      await expect(objects.put(key, 'x')).rejects.toBeInstanceOf(InvariantError)
      await expect(objects.get(key)).rejects.toBeInstanceOf(InvariantError)
      await expect(objects.putNew(key, 'x')).rejects.toBeInstanceOf(InvariantError)
      await expect(objects.getTagged(key, 'x')).rejects.toBeInstanceOf(InvariantError)
      await expect(objects.remove([key])).rejects.toBeInstanceOf(InvariantError)
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

  it('leaves nothing behind a creation that comes too late', async () => {
    const root = emptyFolder()
    const objects = fileObjectStore(root)
    await objects.putNew('runs/1.json', 'first')
    await objects.putNew('runs/1.json', 'second')
    expect(await readdir(root, { recursive: true })).toEqual(['runs', 'runs/1.json'])
  })

  it('does not take a folder for an object that stands', async () => {
    const root = emptyFolder()
    const objects = fileObjectStore(root)
    await objects.put('runs/1.json', '{}')
    await expect(objects.putNew('runs', 'x')).rejects.toMatchObject({ name: 'UpstreamError', vendor: 'file system' })
    expect(await readdir(root, { recursive: true })).toEqual(['runs', 'runs/1.json'])
  })

  it('removes the folders that a removal empties, up to its own', async () => {
    const root = emptyFolder()
    const objects = fileObjectStore(root)
    for (const key of ['lake/a/b/1', 'lake/a/b/2', 'lake/c/1']) await objects.put(key, 'x')
    await objects.remove(['lake/a/b/1', 'lake/a/b/2'])
    expect((await readdir(root, { recursive: true })).sort()).toEqual(['lake', 'lake/c', 'lake/c/1'])
    await objects.remove(['lake/c/1'])
    expect(await readdir(root)).toEqual([])
  })

  it('writes and lists while folders are removed under it', async () => {
    const objects = fileObjectStore(emptyFolder())
    await objects.put('lake/stays', 'x')
    const comeAndGo = async (key: string) => {
      for (let i = 0; i < 60; i++) {
        await objects.put(key, 'x')
        await objects.remove([key])
      }
    }
    const lists: string[][] = []
    const list = async () => {
      for (let i = 0; i < 300; i++) lists.push(await objects.list('lake/'))
    }
    await Promise.all([comeAndGo('lake/goes/a/1'), comeAndGo('lake/goes/a/2'), comeAndGo('lake/goes/3'), list()])
    expect(lists.filter((keys) => !keys.includes('lake/stays'))).toEqual([])
    expect(await objects.list('')).toEqual(['lake/stays'])
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
    const failure = { name: 'UpstreamError', vendor: 'file system' }
    await expect(objects.get('x'.repeat(5000))).rejects.toMatchObject(failure)
    await expect(objects.getTagged('x'.repeat(5000))).rejects.toMatchObject(failure)
    await expect(objects.getTagged('x'.repeat(5000), 'known')).rejects.toMatchObject(failure)
  })
})

describe('the object store in a bucket', () => {
  const denied = s3Refusal('AccessDenied', 403)
  const calls: [name: string, call: (objects: Store) => Promise<unknown>][] = [
    ['get', (objects) => objects.get('a')],
    ['getTagged', (objects) => objects.getTagged('a', '"known"')],
    ['put', (objects) => objects.put('a', 'x')],
    ['putNew', (objects) => objects.putNew('a', 'x')],
    ['list', (objects) => objects.list('a')],
    ['remove', (objects) => objects.remove(['a'])],
  ]

  it.each(calls)('turns an error of S3 into an UpstreamError: %s', async (_, call) => {
    const { client, requests } = fakeBucket('artefacts')
    requests.reset()
    requests.onAnyCommand().rejects(denied)
    const failure = call(s3ObjectStore(client, 'artefacts'))
    await expect(failure).rejects.toBeInstanceOf(UpstreamError)
    await expect(failure).rejects.toMatchObject({
      vendor: 'S3',
      message: 'AccessDenied',
      retryable: false,
      cause: denied,
    })
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

  it('sends no bytes where nothing has changed', async () => {
    const { client, requests, bodiesSent } = fakeBucket('artefacts')
    const objects = s3ObjectStore(client, 'artefacts')
    await objects.put('a', 'first')
    const { tag } = await tagged(objects, 'a')
    expect(bodiesSent()).toBe(1)
    for (let reads = 0; reads < 5; reads++) await objects.getTagged('a', tag)
    expect(bodiesSent()).toBe(1)
    expect(requests.commandCalls(GetObjectCommand, { IfNoneMatch: tag })).toHaveLength(5)
    await objects.put('a', 'later')
    await tagged(objects, 'a', tag)
    expect(bodiesSent()).toBe(2)
    // One request each time, two of them writes.
    expect(requests.calls()).toHaveLength(9)
  })

  it.each([
    ['no tag', { Body: { transformToByteArray: async () => Uint8Array.of(1) } }],
    ['no body', { ETag: '"a"' }],
  ])('does not take an answer with %s for an object', async (_, answer) => {
    const { client, requests } = fakeBucket('artefacts')
    requests.on(GetObjectCommand).callsFake(async () => answer)
    await expect(s3ObjectStore(client, 'artefacts').getTagged('a')).rejects.toMatchObject({
      name: 'UpstreamError',
      vendor: 'S3',
    })
  })

  it('asks for one object with one request', async () => {
    const { client, requests } = fakeBucket('artefacts')
    await s3ObjectStore(client, 'artefacts').get('a')
    expect(requests.calls()).toHaveLength(1)
  })

  it.each([429, 500, 503])('says that what fails with %d may pass', async (status) => {
    const { client, requests } = fakeBucket('artefacts')
    requests.on(GetObjectCommand).rejects(s3Refusal('SlowDown', status))
    await expect(s3ObjectStore(client, 'artefacts').get('a')).rejects.toMatchObject({ retryable: true })
  })

  it('asks again where a creation met another request in the midst of something', async () => {
    const { client, requests } = fakeBucket('artefacts')
    requests
      .on(PutObjectCommand)
      .rejectsOnce(s3Refusal('ConditionalRequestConflict', 409))
      .rejectsOnce(s3Refusal('PreconditionFailed', 412))
    expect(await s3ObjectStore(client, 'artefacts').putNew('a', 'x')).toBe(false)
    expect(requests.commandCalls(PutObjectCommand, { IfNoneMatch: '*' })).toHaveLength(2)
  })

  it('does not say that an object stands where all it heard was conflicts', async () => {
    const { client, requests } = fakeBucket('artefacts')
    requests.on(PutObjectCommand).rejects(s3Refusal('ConditionalRequestConflict', 409))
    await expect(s3ObjectStore(client, 'artefacts').putNew('a', 'x')).rejects.toMatchObject({
      message: 'ConditionalRequestConflict',
      retryable: true,
    })
    expect(requests.commandCalls(PutObjectCommand)).toHaveLength(4)
  })

  it.each([
    ['its own creation again', true],
    ['the creation of another', false],
  ])('knows %s where the answer to its first try was lost', async (_, isOwn) => {
    const { client, requests } = fakeBucket('artefacts')
    let metadata = {}
    requests.on(PutObjectCommand).callsFake(async ({ Metadata }: { Metadata: Record<string, string> }) => {
      if (isOwn) metadata = Metadata
      throw s3Refusal('PreconditionFailed', 412, 2)
    })
    requests.on(HeadObjectCommand).callsFake(async () => ({ Metadata: metadata }))
    expect(await s3ObjectStore(client, 'artefacts').putNew('a', 'x')).toBe(isOwn)
  })

  it('removes in batches of a thousand', async () => {
    const { client, requests } = fakeBucket('artefacts')
    await s3ObjectStore(client, 'artefacts').remove(Array.from({ length: 2001 }, (_, i) => `key-${i}`))
    const batches = requests.commandCalls(DeleteObjectsCommand).map(({ args }) => args[0].input.Delete?.Objects ?? [])
    expect(batches.map((batch) => batch.length)).toEqual([1000, 1000, 1])
    expect(batches[2]).toEqual([{ Key: 'key-2000' }])
  })

  it.each([
    ['AccessDenied', false],
    ['SlowDown', true],
  ])('names a key that was not removed: %s', async (code, retryable) => {
    const { client, requests } = fakeBucket('artefacts')
    requests.on(DeleteObjectsCommand).resolves({ Errors: [{ Key: 'b', Code: code, Message: 'no' }] })
    await expect(s3ObjectStore(client, 'artefacts').remove(['a', 'b'])).rejects.toMatchObject({
      name: 'UpstreamError',
      message: `1 of 2 objects were not removed; b: ${code} no`,
      retryable,
    })
  })

  it('gives up on a server that never answers', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const client = new S3Client({
      requestHandler: { ...AWS_TIMEOUTS.requestHandler, requestTimeout: 50 },
      endpoint: `http://127.0.0.1:${port}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'a' },
      maxAttempts: 1,
    })
    const beganAtMs = performance.now()
    await expect(s3ObjectStore(client, 'artefacts').get('a')).rejects.toMatchObject({ vendor: 'S3', retryable: true })
    expect(performance.now() - beganAtMs).toBeLessThan(5000)
    client.destroy()
    server.closeAllConnections()
    server.close()
  })
})
