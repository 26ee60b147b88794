import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { S3Client } from '@aws-sdk/client-s3'
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { mockClient } from 'aws-sdk-client-mock'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keysCommand } from '../../../../bin/commands/keys.ts'
import { openPepper } from '../../../../bin/workspace/data-directory.ts'
import { decideAccess, indexKeys } from '../../../../shared/access/access-control.ts'
import { decodeKeySet } from '../../../../shared/access/key-set.ts'
import { nodeKeyMaterial } from '../../../../shared/adapters/node-key-material.ts'
import { s3ObjectStore } from '../../../../shared/adapters/s3-object-store.ts'
import { readKeySet } from '../../../../shared/usecases/manage-keys.ts'
import { keyOf, TEST_PEPPER } from '../../../support/access-keys.ts'
import { answerFromBucket } from '../../../support/fake-bucket.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const DAY_MS = 86_400_000

describe('closeline keys', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let root: string
  let written = { stdout: '', stderr: '' }

  beforeEach(async () => {
    folder = await temporaryFolder()
    root = join(folder.path, 'data')
    for (const stream of ['stdout', 'stderr'] as const) {
      vi.spyOn(process[stream], 'write').mockImplementation((text) => {
        written[stream] += String(text)
        return true
      })
    }
    // A word that the parser does not understand ends the process.
    vi.spyOn(process, 'exit').mockImplementation((code) => {
      throw new Error(`exit ${code}`)
    })
  })

  afterEach(async () => {
    vi.restoreAllMocks()
    process.exitCode = undefined
    await folder[Symbol.asyncDispose]()
  })

  async function run(...args: string[]) {
    written = { stdout: '', stderr: '' }
    process.exitCode = undefined
    await keysCommand().parseAsync([...args, '--data', root], { from: 'user' })
    return { code: process.exitCode, ...written }
  }

  async function json(...args: string[]): Promise<Record<string, unknown>> {
    const { code, stdout, stderr } = await run(...args, '--json')
    expect([code, stderr]).toEqual([undefined, ''])
    return JSON.parse(stdout) as Record<string, unknown>
  }

  const create = (...args: string[]) => json('create', '--name', 'phone', '--scopes', 'read,predict', ...args)

  async function check(key: unknown, nowMs = Date.now()) {
    const keySet = decodeKeySet(await readFile(join(root, 'objects', 'access', 'keys.json')))
    const material = nodeKeyMaterial(await openPepper({ root }))
    return decideAccess(String(key), indexKeys(keySet, material), nowMs)
  }

  it('has none at first, and says how to make one', async () => {
    expect((await run()).stdout).toContain('closeline keys create')
    expect(await json('list')).toEqual({ keys: [] })
  })

  it('makes a key that a server of the data directory lets in', async () => {
    const { key, ...summary } = await create()
    expect(summary).toMatchObject({ name: 'phone', scopes: ['read', 'predict'], expiresAt: null, state: 'active' })
    expect(await check(key)).toEqual({ client: { keyId: summary.id, name: 'phone', scopes: ['read', 'predict'] } })
  })

  it('prints the key on a line of its own and what to do with it, and then never again', async () => {
    const { stdout } = await run('create', '--name', 'phone', '--scopes', ' sync , read')
    const [key = '', blank, ...sentence] = stdout.split('\n')
    expect(key).toMatch(/^cl_live_[\w-]{43}$/)
    expect(blank).toBe('')
    expect(sentence.join(' ')).toMatch(/good for read, sync, without end\. It is shown this once .* x-api-key/)
    const lists = (await run('list')).stdout + JSON.stringify(await json('list'))
    expect(lists).toContain('phone')
    expect(lists).not.toContain(key.slice(8, 20))
  })

  it.each([
    ['90d', 90 * DAY_MS],
    ['12h', DAY_MS / 2],
  ])('lets a key expire after %s', async (text, ms) => {
    const { key, createdAt, expiresAt } = await create('--expires', text)
    const lifetime = Date.parse(String(expiresAt)) - Date.parse(String(createdAt))
    expect(Math.abs(lifetime - ms)).toBeLessThan(1000)
    expect(await check(key, Date.parse(String(expiresAt)))).toEqual({ refusal: 'expired' })
  })

  it.each([
    ['9000-01-31', '9000-01-31T00:00:00.000Z'],
    ['9000-01-31T18:00:00Z', '9000-01-31T18:00:00.000Z'],
    ['9000-01-31T18:00:00+02:00', '9000-01-31T16:00:00.000Z'],
  ])('lets a key expire at %s', async (text, expiresAt) => {
    expect(await create('--expires', text)).toMatchObject({ expiresAt })
  })

  it('lists keys with how each stands', async () => {
    await create()
    const { id } = await json('create', '--name', 'old laptop', '--scopes', 'admin')
    await run('revoke', String(id))
    const { stdout } = await run('list')
    expect(stdout).toMatch(/^id +state +scopes +created +ends +name\n/)
    expect(stdout).toMatch(new RegExp(`${id} +revoked +admin .* old laptop\n`))
    expect(stdout).toMatch(/ active +read,predict .* - +phone\n/)
  })

  it('revokes a key, once', async () => {
    const { key, id } = await create()
    expect(await json('revoke', String(id))).toMatchObject({ revoked: true, id, state: 'revoked' })
    expect(await check(key)).toEqual({ refusal: 'revoked' })
    expect((await run('revoke', String(id))).stdout).toMatch(/was revoked already/)
    expect(await json('revoke', String(id))).toMatchObject({ revoked: false })
  })

  it.each([
    [['create', '--name', 'x', '--scopes', 'read', '--expires', '2020-01-01'], 'an instant to come'],
    [['create', '--name', 'x', '--scopes', 'read', '--expires', '0d'], 'an instant to come'],
    [['create', '--name', '', '--scopes', 'read'], 'the name is empty'],
    [['create', '--name', 'x', '--scopes', 'read', '--bucket', 'b'], 'both --bucket and --pepper-parameter'],
    [['list', '--pepper-parameter', '/p'], 'both --bucket and --pepper-parameter'],
    [['revoke', '0123456789'], 'there is no key 0123456789'],
    [['revoke', keyOf(7)], 'ten hex digits'],
  ])('ends with exit code 2 and a line that says why for %j', async (args, why) => {
    const { code, stdout, stderr } = await run(...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^closeline: [^\n]*\n$/)
    expect(stderr).toContain(why)
    expect(stderr).not.toContain(keyOf(7))
  })

  it.each([
    [['create', '--scopes', 'read'], '--name'],
    [['create', '--name', 'x'], '--scopes'],
    [['create', '--name', 'x', '--scopes', 'read,root'], 'scopes are read, predict, sync, admin'],
    [['create', '--name', 'x', '--scopes', ''], 'scopes are read, predict, sync, admin'],
    [['create', '--name', 'x', '--scopes', 'read', '--expires', 'soon'], 'a span such as 90d'],
    [['create', '--name', 'x', '--scopes', 'read', '--expires', '2027-02-30'], 'a span such as 90d'],
    [['create', '--name', 'x', '--scopes', 'read', '--expires', '-1d'], 'a span such as 90d'],
    [['revoke'], 'id'],
  ])('refuses the words %j', async (args, why) => {
    await expect(run(...args)).rejects.toThrow('exit 2')
    expect(written.stderr).toContain(why)
    expect(written.stdout).toBe('')
  })

  it('makes and lists the keys of an installation on AWS, under the pepper that is kept there', async () => {
    const bucket = answerFromBucketNamed('artefacts-of-keys')
    const parameters = mockClient(SSMClient)
    parameters
      .on(GetParameterCommand, { Name: '/p', WithDecryption: true })
      .resolves({ Parameter: { Value: TEST_PEPPER } })
    const place = ['--bucket', 'artefacts-of-keys', '--pepper-parameter', '/p']
    const { key, id } = await create(...place)
    const known = indexKeys(await readKeySet(bucket), nodeKeyMaterial(TEST_PEPPER))
    expect(decideAccess(String(key), known, Date.now())).toMatchObject({ client: { keyId: id } })
    expect(await json('list', ...place)).toMatchObject({ keys: [{ id, state: 'active' }] })
    expect(await json('list')).toEqual({ keys: [] })
    parameters.on(GetParameterCommand).resolves({ Parameter: { Value: 'short' } })
    const { code, stderr } = await run('list', ...place)
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^closeline: the pepper of the API keys has 5 characters/),
    ])
    parameters.restore()
  })
})

function answerFromBucketNamed(name: string) {
  answerFromBucket(mockClient(S3Client), name)
  return s3ObjectStore(new S3Client({ region: 'eu-central-1' }), name)
}
