import { DomainError } from '../kernel/errors.ts'
import { encodeChecked, getJson } from '../kernel/json-object.ts'
import type { ObjectStore } from '../kernel/ports.ts'
import type { DecayReport } from '../performance/decay-report.ts'
import { decayReportSchema } from '../performance/decay-report.ts'
import type { DecayState } from '../performance/decay-state.ts'
import { decayStateSchema } from '../performance/decay-state.ts'

/** Folder of what is remembered of each version's served predictions; replaced whole. */
export const DECAY_PREFIX = 'drift/decay/'

/** The newest report over all versions. */
export const DECAY_REPORT_KEY = 'drift/decay-report.json'

function stateKey(modelVersion: string): string {
  return `${DECAY_PREFIX}${modelVersion}.json`
}

/** Undefined where none has been judged. @throws {DomainError} `corrupt_object` */
export function readDecayState(objects: ObjectStore, modelVersion: string): Promise<DecayState | undefined> {
  return getJson(objects, stateKey(modelVersion), decayStateSchema)
}

/** The same, where a damaged state is none: it is made anew from the log and the ledger, as far as these still reach. */
export async function findDecayState(objects: ObjectStore, modelVersion: string): Promise<DecayState | undefined> {
  try {
    return await readDecayState(objects, modelVersion)
  } catch (thrown) {
    if (thrown instanceof DomainError) return undefined
    throw thrown
  }
}

export function putDecayState(objects: ObjectStore, state: DecayState): Promise<void> {
  const key = stateKey(state.modelVersion)
  return objects.put(key, encodeChecked(state, decayStateSchema, key))
}

/** The newest report; undefined where there is none. @throws {DomainError} `corrupt_object` */
export function readDecayReport(objects: ObjectStore): Promise<DecayReport | undefined> {
  return getJson(objects, DECAY_REPORT_KEY, decayReportSchema)
}

export function putDecayReport(objects: ObjectStore, report: DecayReport): Promise<void> {
  return objects.put(DECAY_REPORT_KEY, encodeChecked(report, decayReportSchema, DECAY_REPORT_KEY))
}
