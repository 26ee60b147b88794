import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openSupabase } from './embedded-supabase.ts'

/**
 * Makes one empty database for all test files and for later runs of the same migrations: making one takes seconds,
 * copying its folder a tenth of one.
 */
export async function setup(project: TestProject): Promise<void> {
  const template = join(tmpdir(), `closeline-test-database-${await fingerprint()}`)
  if (!existsSync(template)) await make(template)
  project.provide('databaseTemplate', template)
}

/** Migrations and packages that a database is made with. */
async function fingerprint(): Promise<string> {
  const migrations = resolve('supabase/migrations')
  const files = (await readdir(migrations)).sort().map((file) => join(migrations, file))
  const hash = createHash('sha256')
  for (const file of [...files, resolve('package-lock.json')]) hash.update(await readFile(file))
  return hash.digest('hex').slice(0, 16)
}

async function make(template: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'closeline-making-'))
  try {
    const draft = join(folder, 'supabase')
    const server = await openSupabase(draft)
    await server.close()
    await rename(draft, template)
  } catch (thrown) {
    // Another run may have been first with the same one.
    if (!existsSync(template)) throw thrown
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
