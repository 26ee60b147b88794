import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { StageConfig } from './stages.ts'

/** The package of DuckDB's compiled code for a Lambda architecture. */
export const BINDING_PACKAGES: Record<StageConfig['architecture'], string> = {
  arm64: '@duckdb/node-bindings-linux-arm64',
  x86_64: '@duckdb/node-bindings-linux-x64',
}

const PATIENCE_MS = 180_000

/** What the lock file says of a package. */
export interface LockedPackage {
  version: string
  /** As `sha512-` and the hash of its tarball in base 64. */
  integrity: string
}

/**
 * Folder of the package with DuckDB's compiled code for an architecture, which need not be that of this machine.
 *
 * npm installs the code of the machine that it runs on, and refuses to have another's as a dependency. That one is
 * fetched by `npm pack` and kept in `node_modules/.cache`, after its tarball has been found to be the one of the lock file.
 *
 * @param root  folder of `package-lock.json`
 * @throws {Error} where it is neither here nor to be had, or is not the one locked
 */
export function duckdbBinding(root: string, architecture: StageConfig['architecture']): string {
  const name = BINDING_PACKAGES[architecture]
  const installed = join(root, 'node_modules', name)
  if (existsSync(join(installed, 'duckdb.node'))) return installed
  const locked = lockedPackage(readFileSync(join(root, 'package-lock.json'), 'utf8'), name)
  // Under another hash it is another folder, so that what lies there need not be looked at again.
  const mark = createHash('sha256').update(locked.integrity).digest('hex').slice(0, 16)
  const kept = join(root, 'node_modules/.cache/closeline', `${name.replace('/', '-')}-${locked.version}-${mark}`)
  if (!existsSync(kept)) fetchPackage({ name, locked, kept })
  return kept
}

/** @throws {Error} where the lock file has no such package */
export function lockedPackage(lockFile: string, name: string): LockedPackage {
  const { packages } = JSON.parse(lockFile) as { packages?: Record<string, Partial<LockedPackage>> }
  const { version, integrity } = packages?.[`node_modules/${name}`] ?? {}
  if (version === undefined || integrity === undefined) throw new Error(`package-lock.json has no ${name}`)
  return { version, integrity }
}

/** @throws {Error} unless the hash of `tarball` is the one of `integrity` */
export function verifyTarball(tarball: Uint8Array, { integrity }: LockedPackage, name: string): void {
  const found = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
  if (found !== integrity) throw new Error(`${name} is not what package-lock.json has: ${found}, not ${integrity}`)
}

/** Puts it in place as a whole, so that nobody finds half of it. */
function fetchPackage({ name, locked, kept }: { name: string; locked: LockedPackage; kept: string }): void {
  mkdirSync(join(kept, '..'), { recursive: true })
  const scratch = mkdtempSync(`${kept}-`)
  try {
    const tarball = join(scratch, packed(name, locked, scratch))
    verifyTarball(readFileSync(tarball), locked, name)
    execFileSync('tar', ['-xzf', tarball, '-C', scratch], { stdio: 'pipe' })
    renameUnlessThere(join(scratch, 'package'), kept)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** Name of the tarball that npm has put into `folder`. */
function packed(name: string, { version }: LockedPackage, folder: string): string {
  try {
    const args = ['pack', `${name}@${version}`, '--pack-destination', folder, '--silent']
    const options = { cwd: folder, stdio: 'pipe', timeout: PATIENCE_MS, encoding: 'utf8' } as const
    return execFileSync('npm', args, options).trim()
  } catch (cause) {
    const remedy = 'run `node bin/fetch-duckdb.ts` where the npm registry can be reached'
    throw new Error(`${name}@${version} is not here and could not be fetched: ${remedy}`, { cause })
  }
}

function renameUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (thrown) {
    if (!existsSync(to)) throw thrown
  }
}
