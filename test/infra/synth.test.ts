import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, readdir, readFile, stat, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { deflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createStacks } from '../../lib/create-stacks.ts'
import type { FunctionName } from '../../shared/config/stage.ts'
import { NOTHING_KEPT, unbuiltApp } from '../support/synthesized-stacks.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const run = promisify(execFile)

/** Those whose code is built here: one of each kind of what lies beside it. */
const BUILT = ['prediction', 'scoring', 'pipeline'] as const
/** This machine's own, so that what is built can be run. */
const ARCHITECTURE = process.arch === 'arm64' ? 'arm64' : 'x86_64'
const SOURCES = ['functions', 'shared', 'lib', 'package.json', 'package-lock.json', 'tsconfig.json']
const MEGABYTE = 1_000_000

/** A checkout somewhere else, in which the code of some functions has been built. */
async function buildElsewhere(from: string, folder: string, umask: string): Promise<(name: FunctionName) => string> {
  await mkdir(folder, { recursive: true })
  await Promise.all(SOURCES.map((source) => cp(join(from, source), join(folder, source), { recursive: true })))
  await symlink(resolve('node_modules'), join(folder, 'node_modules'))
  const script = `
    import { mkdirSync } from 'node:fs'
    import { bundleFunction } from './lib/house-code.ts'
    process.umask(0o${umask})
    for (const name of ${JSON.stringify(BUILT)}) {
      const folder = 'built/' + name
      mkdirSync(folder, { recursive: true })
      bundleFunction({ name, architecture: '${ARCHITECTURE}', folder })
    }`
  await run(process.execPath, ['--input-type=module-typescript', '--eval', script], { cwd: folder })
  return (name) => join(folder, 'built', name)
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort()
}

/** The files of a function but for its modules: the one that starts it, and those that it imports, named by their hashes. */
async function besideModules(folder: string): Promise<string[]> {
  return (await filesOf(folder)).filter((file) => !/^(index|[\w-]+-[0-9A-Z]{8})\.mjs$/.test(file))
}

async function hashesOf(folder: string): Promise<Record<string, string>> {
  const hashed = (await filesOf(folder)).map(async (file) => {
    const bytes = await readFile(join(folder, file))
    return [file, createHash('sha256').update(bytes).digest('hex')] as const
  })
  return Object.fromEntries(await Promise.all(hashed))
}

/** Bytes that a zip file of the folder takes, but for the names in it. */
async function zippedBytes(folder: string): Promise<number> {
  const files = await Promise.all((await filesOf(folder)).map((file) => readFile(join(folder, file))))
  return files.reduce((sum, bytes) => sum + deflateRawSync(bytes).length, 0)
}

describe('the code of a function', () => {
  let temporary: Awaited<ReturnType<typeof temporaryFolder>>
  let here: (name: FunctionName) => string
  let there: (name: FunctionName) => string

  beforeAll(async () => {
    temporary = await temporaryFolder()
    here = await buildElsewhere('.', join(temporary.path, 'a'), '022')
    there = await buildElsewhere(join(temporary.path, 'a'), join(temporary.path, 'much/deeper/below'), '077')
  }, 240_000)
  afterAll(() => temporary[Symbol.asyncDispose]())

  it.each(BUILT)('is the same bytes wherever it is built, so that it is no new version: %s', async (name) => {
    const hashes = await hashesOf(here(name))
    expect(Object.keys(hashes)).toContain('index.mjs')
    expect(await hashesOf(there(name))).toEqual(hashes)
  })

  it.each(BUILT)('can be read by the user that Lambda runs it as, whatever the umask: %s', async (name) => {
    for (const entry of await readdir(there(name), { recursive: true })) {
      const { mode } = await stat(join(there(name), entry))
      expect(mode & 0o044, entry).toBe(0o044)
    }
  })

  it('has beside it what it needs at run time, and nothing else', async () => {
    const beside = await besideModules(here('pipeline'))
    expect(await besideModules(here('prediction'))).toEqual(['ort-wasm-simd-threaded.wasm'])
    expect(await besideModules(here('scoring'))).toEqual([])
    expect(beside.every((file) => file.startsWith('node_modules/@duckdb/'))).toBe(true)
    expect(beside.filter((file) => /\.(map|ts|md)$/.test(file))).toEqual([])
  })

  it('is small where callers wait for it, and within what Lambda takes elsewhere', async () => {
    expect(await zippedBytes(here('prediction'))).toBeLessThan(5 * MEGABYTE)
    expect(await zippedBytes(here('scoring'))).toBeLessThan(1 * MEGABYTE)
    const sizes = (await filesOf(here('pipeline'))).map(async (file) => (await stat(join(here('pipeline'), file))).size)
    expect((await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)).toBeLessThan(100 * MEGABYTE)
  })

  it.each(BUILT)('starts in a folder of its own, and asks for its environment: %s', async (name) => {
    const alone = join(temporary.path, `alone-${name}`)
    await cp(here(name), alone, { recursive: true })
    // Not left to Node, which would quote the line that threw, and a bundle has few: what comes after it may be cut off.
    const script = "await import('./index.mjs').catch(({ message }) => console.log(message))"
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: alone, env: {} })
    expect(stdout).toContain('ARTEFACT_BUCKET')
  })

  it('finds DuckDB beside itself', async () => {
    const script = `
      import { DuckDBInstance } from '@duckdb/node-api'
      const connection = await (await DuckDBInstance.create(':memory:')).connect()
      console.log(String((await (await connection.run('select 6 * 7')).getRows())[0][0]))`
    const options = { cwd: join(temporary.path, 'alone-pipeline'), env: {} }
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], options)
    expect(stdout.trim()).toBe('42')
  })
})

describe('a synthesis of the stack Traffic alone', () => {
  it('builds no code', async () => {
    await using folder = await temporaryFolder()
    // What `cdk deploy Traffic --exclusively` says to the app.
    const context = { 'aws:cdk:bundling-stacks': ['Traffic'], stable: '7', canary: '8', weight: '0.1' }
    const app = unbuiltApp(context, { outdir: folder.path })
    createStacks(app, NOTHING_KEPT)
    app.synth()
    const written = await readdir(folder.path)
    expect(written).toContain('Traffic.template.json')
    expect(written.filter((name) => name.startsWith('asset.'))).toEqual([])
  })
})
