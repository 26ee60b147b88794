import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closeline } from '../support/product-process.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

describe('closeline keys, as processes', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let data: string

  beforeAll(async () => {
    folder = await temporaryFolder()
    data = join(folder.path, 'data')
  })

  afterAll(() => folder[Symbol.asyncDispose]())

  const run = (...args: string[]) => closeline('keys', ...args, '--data', data)

  it('loses no key where several are made at once in a new data directory', async () => {
    const names = ['a', 'b', 'c']
    const made = await Promise.all(names.map((name) => run('create', '--name', name, '--scopes', 'read', '--json')))
    expect(made.map(({ code, stderr }) => [code, stderr])).toEqual(names.map(() => [0, '']))
    const { stdout } = await run('--json')
    const { keys } = JSON.parse(stdout) as { keys: { name: string; state: string }[] }
    // One pepper: none is orphaned.
    expect(keys.map(({ name, state }) => `${name} ${state}`).sort()).toEqual(['a active', 'b active', 'c active'])
    for (const { stdout: shown } of made) expect(stdout).not.toContain((JSON.parse(shown) as { key: string }).key)
  })

  it('does not repeat a key that is taken for an id', async () => {
    const key = `cl_live_${'A'.repeat(43)}`
    const { code, stdout, stderr } = await run('revoke', key)
    expect([code, stdout, stderr.includes(key)]).toEqual([2, '', false])
  })
})
