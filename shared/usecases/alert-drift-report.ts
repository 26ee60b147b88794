import { DomainError } from '../kernel/errors.ts'
import { getJson } from '../kernel/json-object.ts'
import type { ObjectStore } from '../kernel/ports.ts'
import type { DriftReport } from './drift-reports.ts'
import { DRIFT_REPORTS_PREFIX, driftReportSchema } from './drift-reports.ts'

/** A file name, and nothing that leads elsewhere. */
const FILE = /^[\w=:+.-]{1,200}$/

/** The report that an event names; undefined where there is none to be read. */
export async function readDriftReport(objects: ObjectStore, reportId: string): Promise<DriftReport | undefined> {
  if (!FILE.test(reportId) || /^[.]+$/.test(reportId)) return undefined
  const file = reportId.endsWith('.json') ? reportId : `${reportId}.json`
  try {
    return await getJson(objects, `${DRIFT_REPORTS_PREFIX}${file}`, driftReportSchema)
  } catch (thrown) {
    // A damaged report keeps nobody from being told that there is drift.
    if (thrown instanceof DomainError) return undefined
    throw thrown
  }
}
