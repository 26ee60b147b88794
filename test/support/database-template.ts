import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of a database with the product's migrations and no rows. */
    databaseTemplate: string
  }
}

/** Puts an empty database with the product's migrations into a folder that is not there yet. */
export function copyDatabase(dataDir: string): Promise<void> {
  return cp(inject('databaseTemplate'), dataDir, { recursive: true })
}

/** Makes a data directory as `npm start` would, its database a copy. */
export async function seedDataDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true })
  await writeFile(join(path, 'closeline.json'), JSON.stringify({ format: 1 }))
  await copyDatabase(join(path, 'supabase'))
}
