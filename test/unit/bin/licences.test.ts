import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { judgeLicences } from '../../../bin/licences.ts'

/** A lock file with one package. */
function lock(fields: Record<string, unknown>, path = 'node_modules/some') {
  return JSON.stringify({ packages: { '': { license: 'MIT' }, [path]: { version: '1.0.0', ...fields } } })
}

const problems = (fields: Record<string, unknown>, path?: string) => judgeLicences(lock(fields, path)).problems

describe('judgeLicences', () => {
  it('takes what we may ship', () => {
    expect(judgeLicences(lock({ license: 'Apache-2.0' }))).toEqual({ packages: 1, problems: [] })
  })

  it('refuses to ship what asks for our own code, and takes its tools', () => {
    expect(problems({ license: 'MPL-2.0' })).toEqual(['some@1.0.0 is under MPL-2.0, which we may not ship'])
    expect(problems({ license: 'MPL-2.0', dev: true })).toEqual([])
    expect(problems({ license: 'GPL-3.0-only', dev: true })).toEqual([
      'some@1.0.0 is under GPL-3.0-only, which we may not use',
    ])
  })

  it('takes one side of a choice, and needs every side of a sum', () => {
    expect(problems({ license: '(MIT OR GPL-3.0-or-later)' })).toEqual([])
    expect(problems({ license: '(MIT AND Zlib)' })).toEqual([])
    expect(problems({ license: 'MIT AND GPL-3.0-only' })).toHaveLength(1)
  })

  it('refuses a package that says nothing, unless that version was looked at and is not shipped', () => {
    expect(problems({})).toEqual(['some@1.0.0 does not say under which licence it is'])
    const path = 'node_modules/koa/node_modules/only'
    expect(problems({ version: '0.0.2', dev: true }, path)).toEqual([])
    expect(problems({ version: '0.0.2' }, path)).toHaveLength(1)
    expect(problems({ version: '0.0.3', dev: true }, path)).toHaveLength(1)
  })

  it('finds nothing amiss in what is installed', () => {
    const { packages, problems: found } = judgeLicences(readFileSync('package-lock.json', 'utf8'))
    expect(found).toEqual([])
    expect(packages).toBeGreaterThan(300)
  })
})
