import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decideAccess, indexKeys } from '../shared/access/access-control.ts'
import type { ApiKey } from '../shared/access/api-key.ts'
import { parseApiKey } from '../shared/access/api-key.ts'
import { SCOPES } from '../shared/access/client.ts'
import { nodeKeyMaterial } from '../shared/adapters/node-key-material.ts'
import type { KeyDeps } from '../shared/usecases/manage-keys.ts'
import { createKey, listKeys, readKeySet, revokeKey } from '../shared/usecases/manage-keys.ts'
import { openPepper, writePrivately } from './workspace/data-directory.ts'
import type { Workspace } from './workspace/workspace.ts'

/** What the key is called in `closeline keys list`. */
export const DEVELOPMENT_KEY_NAME = 'development key of npm start'

/**
 * A key with all scopes for whoever started the product here, the same at each start of a data directory. It is kept as
 * text beside the pepper, readable by the owner only: who reads that file could make any key.
 *
 * A new one is made where it is missing or does not hold any more; keys of its name whose text is lost are revoked.
 *
 * @throws {DomainError} `data_directory_unusable`; `corrupt_object` where the key set is damaged
 */
export async function ensureDevelopmentKey(
  workspace: Pick<Workspace, 'objects' | 'clock' | 'sleep'> & { directory: { root: string } },
): Promise<ApiKey> {
  const { directory, objects, clock, sleep } = workspace
  const deps: KeyDeps = { objects, clock, sleep, material: nodeKeyMaterial(await openPepper(directory)) }
  const path = join(directory.root, 'development-key')
  const kept = await readKept(path)
  if (kept !== undefined && (await holdsFully(kept, deps))) return kept
  for (const { id, name, state } of await listKeys(deps)) {
    if (name === DEVELOPMENT_KEY_NAME && state === 'active') await revokeKey(deps, id)
  }
  const request = { name: DEVELOPMENT_KEY_NAME, scopes: SCOPES, expiresAtMs: undefined }
  const { key } = await createKey(deps, request)
  await writePrivately(path, key)
  return key
}

async function readKept(path: string): Promise<ApiKey | undefined> {
  // Whatever is the matter with the file, a new key takes its place.
  return parseApiKey(await readFile(path, 'utf8').catch(() => ''))
}

async function holdsFully(key: ApiKey, { objects, material, clock }: KeyDeps): Promise<boolean> {
  const decision = decideAccess(key, indexKeys(await readKeySet(objects), material), clock())
  return 'client' in decision && SCOPES.every((scope) => decision.client.scopes.includes(scope))
}
