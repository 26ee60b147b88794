import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BINDING_PACKAGES, duckdbBinding, lockedPackage, verifyTarball } from '../../lib/duckdb-binding.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const lockFile = readFileSync('package-lock.json', 'utf8')
const tarball = Buffer.from('a tarball')
const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
const lockOf = (name: string) =>
  JSON.stringify({ packages: { [`node_modules/${name}`]: { version: '0.0.0-not-published', integrity } } })

describe("DuckDB's compiled code", () => {
  it('is locked for both architectures, in the version of its interface', () => {
    const { version } = lockedPackage(lockFile, '@duckdb/node-api')
    for (const name of Object.values(BINDING_PACKAGES)) expect(lockedPackage(lockFile, name).version).toBe(version)
  })

  it('is taken where it has the hash of the lock file, and refused where it has another', () => {
    expect(() => verifyTarball(tarball, { version: '1', integrity }, 'x')).not.toThrow()
    expect(() => verifyTarball(Buffer.from('another'), { version: '1', integrity }, 'x')).toThrow(/package-lock/)
  })

  it('is not looked for under a name that nobody has locked', () => {
    expect(() => lockedPackage(lockFile, '@duckdb/node-bindings-plan9')).toThrow(/plan9/)
    expect(() => lockedPackage('{}', '@duckdb/node-api')).toThrow(/node-api/)
  })

  it('is that of the installation where that is of the architecture', async () => {
    await using folder = await temporaryFolder()
    const installed = join(folder.path, 'node_modules', BINDING_PACKAGES.arm64)
    await mkdir(installed, { recursive: true })
    await writeFile(join(installed, 'duckdb.node'), '')
    expect(duckdbBinding(folder.path, 'arm64')).toBe(installed)
  })

  it('says what to do where it cannot be had', async () => {
    await using folder = await temporaryFolder()
    await writeFile(join(folder.path, 'package-lock.json'), lockOf(BINDING_PACKAGES.arm64))
    // Nothing listens there, so that the attempt ends at once.
    await writeFile(join(folder.path, '.npmrc'), 'registry=http://127.0.0.1:9/\nfetch-retries=0\n')
    expect(() => duckdbBinding(folder.path, 'arm64')).toThrow(/fetch-duckdb/)
  })
})
