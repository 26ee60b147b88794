import type { ObjectStore } from '../kernel/ports.ts'
import type { CurrentLake } from '../lake/athena.ts'
import { ATHENA_PREFIX, athenaManifests } from '../lake/athena.ts'

export interface AthenaDeps {
  objects: Pick<ObjectStore, 'get' | 'put' | 'list' | 'remove'>
  /** What goes before an object's key where Athena reads it, such as `s3://BUCKET/`; absent where no Athena reads. */
  lakeUri?: string
}

/**
 * Tells Athena which files of the lake are current: writes the manifests that have changed and removes those of months
 * that are gone. A month changes at once; a query that runs meanwhile may see one month new and another old.
 *
 * @returns how many were written and removed, none without `lakeUri`
 */
export async function publishAthenaManifests(
  { objects, lakeUri }: AthenaDeps,
  current: CurrentLake,
): Promise<{ written: number; removed: number }> {
  if (lakeUri === undefined) return { written: 0, removed: 0 }
  const manifests = athenaManifests(current, lakeUri)
  const written = await Promise.all([...manifests].map(([key, text]) => putIfChanged(objects, key, text)))
  const gone = (await objects.list(ATHENA_PREFIX)).filter((key) => !manifests.has(key))
  if (gone.length > 0) await objects.remove(gone)
  return { written: written.filter(Boolean).length, removed: gone.length }
}

/** Reading costs a tenth of writing, and hardly a month changes between two runs. */
async function putIfChanged(objects: AthenaDeps['objects'], key: string, text: string): Promise<boolean> {
  const body = await objects.get(key)
  if (body !== undefined && new TextDecoder().decode(body) === text) return false
  await objects.put(key, text)
  return true
}
