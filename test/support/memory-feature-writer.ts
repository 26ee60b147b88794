import { sha256Hex } from '../../shared/kernel/digest.ts'
import type { ObjectStore } from '../../shared/kernel/ports.ts'
import { featuresKey } from '../../shared/lake/layout.ts'
import type { FeatureWriter } from '../../shared/usecases/materialize-features.ts'

/** A features layer of JSON in an object store. */
export function memoryFeatureWriter(objects: ObjectStore): FeatureWriter {
  return {
    async write({ runId, bets, names, columns }) {
      const key = featuresKey(runId)
      const body = JSON.stringify({ ids: bets.map(({ id }) => id), names, columns: columns.map((each) => [...each]) })
      await objects.put(key, body)
      return { key, rows: bets.length, bytes: body.length, sha256: await sha256Hex(body) }
    },
  }
}
