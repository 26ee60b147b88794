import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import * as z from 'zod'
import { DomainError } from '../../shared/kernel/errors.ts'

const lockSchema = z.object({ pid: z.int(), supabaseUrl: z.string().nullable() })

/** Who works in a data directory, and where its embedded Supabase listens. */
export type LockHolder = z.infer<typeof lockSchema>

export interface Lock {
  /** Tells others where to reach the embedded Supabase. */
  publish(supabaseUrl: string): Promise<void>
  release(): Promise<void>
}

/**
 * Takes the data directory for this process: the embedded database bears only one.
 *
 * A lock left by a process that is gone is taken over.
 *
 * @returns the lock, or its living holder
 */
export async function takeLock(path: string): Promise<{ lock: Lock } | { holder: LockHolder }> {
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await linkLock(path)) return { lock: createLock(path) }
    const holder = await readHolder(path)
    if (holder !== undefined && (await isAlive(holder))) return { holder }
    await removeDead(path)
  }
  throw new DomainError('data_directory_busy', `${path} cannot be taken: other runs keep taking it`)
}

/** Puts a whole lock in its place, or nothing where one stands: nobody ever reads half of one. */
async function linkLock(path: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, lockText(null))
  try {
    await link(draft, path)
    return true
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw thrown
  } finally {
    await rm(draft, { force: true })
  }
}

/** Moves a dead lock away; should a living one have come meanwhile, it is put back. */
async function removeDead(path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
    const holder = await readHolder(aside)
    if (holder !== undefined && (await isAlive(holder))) await link(aside, path)
  } catch (thrown) {
    // Gone, or taken again: the next attempt sees what there is now.
    if (!['ENOENT', 'EEXIST'].includes((thrown as NodeJS.ErrnoException).code ?? '')) throw thrown
  } finally {
    await rm(aside, { force: true })
  }
}

function createLock(path: string): Lock {
  return {
    async publish(supabaseUrl) {
      const partial = `${path}.partial-${process.pid}`
      await writeFile(partial, lockText(supabaseUrl))
      await rename(partial, path)
    },
    release: () => rm(path, { force: true }),
  }
}

function lockText(supabaseUrl: string | null): string {
  return JSON.stringify({ pid: process.pid, supabaseUrl } satisfies LockHolder)
}

async function readHolder(path: string): Promise<LockHolder | undefined> {
  try {
    const parsed = lockSchema.safeParse(JSON.parse(await readFile(path, 'utf8')))
    return parsed.success ? parsed.data : undefined
  } catch {
    // Gone meanwhile, or cut short by a kill: nobody's.
    return undefined
  }
}

/** Whether a holder still works: its process lives and, where it said so, its database answers. Process ids are reused. */
async function isAlive({ pid, supabaseUrl }: LockHolder): Promise<boolean> {
  if (pid === process.pid || !processExists(pid)) return false
  return supabaseUrl === null || answers(supabaseUrl)
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Any answer will do; only where nobody listens is the holder gone. A busy database is given time. */
function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(10_000) }).then(
    () => true,
    (thrown: unknown) => thrown instanceof DOMException,
  )
}
