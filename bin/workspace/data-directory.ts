import { randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import * as z from 'zod'
import type { SupabaseKeys } from '../../shared/adapters/supabase-embedded.ts'
import { DomainError, messageOf } from '../../shared/kernel/errors.ts'
import { jsonOrUndefined } from '../../shared/kernel/json-text.ts'

export const DEFAULT_DATA_DIR = '.closeline'

const MARKER = 'closeline.json'

const markerSchema = z.object({ format: z.literal(1) })

const keysSchema = z.object({ publishableKey: z.string(), secretKey: z.string(), jwtSecret: z.string() })

/** Where one machine keeps everything: database, lake, models, snapshots, keys. */
export interface DataDirectory {
  root: string
  databaseDir: string
  /** Root of the object store. */
  objectsDir: string
  /** One line a request. */
  logFile: string
  /** Lines and metrics of pipeline runs. */
  pipelineLogFile: string
  /** One line an event. */
  eventsFile: string
  lockFile: string
  keys: SupabaseKeys
}

/**
 * Makes or opens a data directory.
 *
 * Only a folder that carries our marker is ever used or, with `fresh`, emptied: a wrong `--data` must not cost anybody
 * their files.
 *
 * @throws {DomainError} `not_a_data_directory`, `data_directory_unusable`
 */
export async function openDataDirectory(path: string, options: { fresh: boolean }): Promise<DataDirectory> {
  const root = resolve(path)
  try {
    await assertOurs(root)
    if (options.fresh) await empty(root)
    await mkdir(root, { recursive: true })
    await writeIfAbsent(join(root, MARKER), JSON.stringify({ format: 1 }), 0o644)
    return {
      root,
      databaseDir: join(root, 'supabase'),
      objectsDir: join(root, 'objects'),
      logFile: join(root, 'api.log'),
      pipelineLogFile: join(root, 'pipeline.log'),
      eventsFile: join(root, 'events.jsonl'),
      lockFile: join(root, 'lock.json'),
      keys: await openKeys(join(root, 'keys.json')),
    }
  } catch (cause) {
    if (cause instanceof DomainError) throw cause
    throw new DomainError('data_directory_unusable', `the data directory ${root} cannot be used: ${messageOf(cause)}`, {
      cause,
    })
  }
}

async function assertOurs(root: string): Promise<void> {
  const entries = await readdir(root).catch((thrown: NodeJS.ErrnoException): string[] => {
    if (thrown.code === 'ENOENT') return []
    throw thrown
  })
  if (entries.length === 0) return
  if (!entries.includes(MARKER)) {
    throw new DomainError(
      'not_a_data_directory',
      `${root} holds other files and is no Closeline data directory: name another folder with --data`,
    )
  }
  const marker = markerSchema.safeParse(jsonOrUndefined(await readFile(join(root, MARKER), 'utf8')))
  if (!marker.success) {
    throw new DomainError(
      'not_a_data_directory',
      `${join(root, MARKER)} is damaged or of another version: start with --fresh after moving the folder away`,
    )
  }
}

/** The lock stays until the end, so that no other run can begin in a folder that is half emptied. */
async function empty(root: string): Promise<void> {
  for (const entry of await readdir(root).catch(() => [])) {
    if (entry !== MARKER && entry !== 'lock.json') await rm(join(root, entry), { recursive: true, force: true })
  }
}

/** Keys are made once and kept where only their owner can read them. */
async function openKeys(path: string): Promise<SupabaseKeys> {
  const made: SupabaseKeys = {
    publishableKey: `sb_publishable_${randomBytes(24).toString('base64url')}`,
    secretKey: `sb_secret_${randomBytes(24).toString('base64url')}`,
    jwtSecret: randomBytes(32).toString('base64url'),
  }
  await writeIfAbsent(path, JSON.stringify(made), 0o600)
  const kept = keysSchema.safeParse(jsonOrUndefined(await readFile(path, 'utf8')))
  if (kept.success) return kept.data
  throw new DomainError('data_directory_unusable', `${path} is damaged: remove it, and new keys are made`)
}

/**
 * The pepper of the directory's API keys, made once and kept where only its owner can read it. It is not in the object
 * store: who gets hold of the hashes there has nothing to try keys with.
 *
 * @throws {DomainError} `data_directory_unusable`
 */
export async function openPepper({ root }: Pick<DataDirectory, 'root'>): Promise<string> {
  const path = join(root, 'key-pepper')
  try {
    await writeIfAbsent(path, randomBytes(32).toString('base64url'), 0o600)
    const kept = await readFile(path, 'utf8')
    if (/^[\w-]{43}$/.test(kept)) return kept
  } catch (cause) {
    throw new DomainError('data_directory_unusable', `${path} cannot be used: ${messageOf(cause)}`, { cause })
  }
  throw new DomainError(
    'data_directory_unusable',
    `${path} is damaged: remove it, and a new one is made; API keys made until now will not hold under it`,
  )
}

/** Replaces a file that only its owner may read, as a whole. */
export async function writePrivately(path: string, text: string): Promise<void> {
  const partial = `${path}.partial-${randomUUID()}`
  await writeFile(partial, text, { mode: 0o600 })
  await rename(partial, path)
}

/**
 * Written under another name first: a run that is killed here leaves no half file. A link replaces nothing, so that of
 * two runs that begin at once both find what the first has made.
 */
async function writeIfAbsent(path: string, text: string, mode: number): Promise<void> {
  const present = await readFile(path).then(
    () => true,
    () => false,
  )
  if (present) return
  const partial = `${path}.partial-${randomUUID()}`
  try {
    await writeFile(partial, text, { mode })
    await link(partial, path)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown
  } finally {
    await rm(partial, { force: true })
  }
}
