import type { LakeFile } from '../../shared/lake/file.ts'
import type { LakeState, Partition } from '../../shared/lake/state.ts'
import { emptyProfile } from '../../shared/quality/profile.ts'

/** A file of no importance. */
export function lakeFile(key: string, rows = 1): LakeFile {
  return { key, rows, bytes: 10, sha256: 'a'.repeat(64) }
}

export function partition(month: string, key: string, findings: string | null = null): Partition {
  return { sport: 'Basketball', month, file: lakeFile(key), profile: emptyProfile(), findings }
}

/** A state of no source, made by the run of its number. */
export function lakeState(sequence: number, fields: Partial<LakeState> = {}): LakeState {
  return {
    ...{ format: 'closeline-lake/1', sequence, runId: `run-${sequence}`, publishedAt: '2025-05-01T00:00:00.000Z' },
    ...{ sources: {}, partitions: [], keys: [] },
    ...fields,
  }
}
