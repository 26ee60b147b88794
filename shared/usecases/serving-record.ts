import { DomainError } from '../kernel/errors.ts'
import { parseObject } from '../kernel/json-object.ts'
import type { LakeFile } from '../lake/file.ts'
import type { RecordIndex, SelectionIndex } from '../performance/record-index.ts'
import { indexRecord, indexSelections } from '../performance/record-index.ts'
import { PERFORMANCE_SNAPSHOT_KEY, performanceSnapshotSchema, selectionsSchema } from '../performance/snapshot.ts'
import type { ServingDeps, ServingObject } from './serving-object.ts'
import { createServingObject } from './serving-object.ts'

/** The sums of the ledger, ready for questions. */
export type ServingRecord = ServingObject<RecordIndex>

/** Keeps the bettor's record ready; the selections are read again only where their file is another one. */
export function createServingRecord(deps: ServingDeps): ServingRecord {
  let known: { sha256: string; selections: SelectionIndex } | undefined

  async function readSelections({ key, sha256 }: LakeFile): Promise<SelectionIndex> {
    if (known?.sha256 === sha256) return known.selections
    const body = await deps.objects.get(key)
    if (body === undefined) throw new DomainError('corrupt_object', `${key} is missing`)
    known = { sha256, selections: indexSelections(parseObject(body, key, selectionsSchema)) }
    return known.selections
  }

  return createServingObject(deps, {
    name: 'record',
    key: PERFORMANCE_SNAPSHOT_KEY,
    async read(body) {
      const snapshot = parseObject(body, PERFORMANCE_SNAPSHOT_KEY, performanceSnapshotSchema)
      const { selections } = snapshot
      return indexRecord(snapshot, selections === null ? undefined : await readSelections(selections))
    },
  })
}
