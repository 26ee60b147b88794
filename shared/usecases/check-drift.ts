import { MAX_EXAMPLES } from '../config/event-fields.ts'
import type { DomainEvent } from '../config/events.ts'
import type { Table } from '../drift/table.ts'
import { DomainError } from '../kernel/errors.ts'
import { encodeChecked } from '../kernel/json-object.ts'
import type { ObjectStore } from '../kernel/ports.ts'
import type { ModelManifest } from '../registry/manifest.ts'
import type { Baseline } from './drift-baseline.ts'
import { baselineWindow, findBaseline, makeBaseline } from './drift-baseline.ts'
import type { LedgerDeps } from './drift-deps.ts'
import { findChampion, readDriftTable } from './drift-deps.ts'
import { findDrift } from './drift-findings.ts'
import type { DriftArchive } from './drift-ports.ts'
import { driftReportOf } from './drift-report.ts'
import type { FullDriftReport } from './drift-report-schema.ts'
import { fullDriftReportSchema } from './drift-report-schema.ts'
import { DRIFT_REPORTS_PREFIX } from './drift-reports.ts'
import { currentWindow, lastYearOf, rowsWithin } from './drift-window.ts'
import type { EventPublisher } from './event-ports.ts'

/** A name is tried so often: several checks within one second are no accident but a loop. */
const MOST_NAMES = 10

export interface CheckDriftDeps extends LedgerDeps {
  /** Where reports are kept beside the JSON: the lake, the database. */
  archives: readonly DriftArchive[]
  events: EventPublisher
}

export interface CheckDriftCommand {
  /** Days of the current window. */
  windowDays: number
  trigger: string
}

export interface DriftCheck {
  /** Name of the report below `drift/reports/`. */
  file: string
  report: FullDriftReport
}

/**
 * Compares the ledger's latest window with what the model in service learned from, and with the same days a year before;
 * keeps the report and publishes `DriftDetected` where a column has drifted.
 *
 * A baseline is made where there is none, or another model serves.
 *
 * @throws {DomainError} `corrupt_object`, `corrupt_table` of a damaged baseline; `report_name_taken`
 */
export async function checkDrift(deps: CheckDriftDeps, command: CheckDriftCommand): Promise<DriftCheck> {
  const nowMs = deps.clock()
  const ledger = await readDriftTable(deps)
  const champion = await findChampion(deps.registry)
  const report = await reportOn(deps.objects, ledger, { ...command, champion, nowMs })
  const file = await storeReport(deps.objects, report, nowMs)
  for (const archive of deps.archives) await archive.keep(file, report)
  const events = eventsOf(file, report)
  if (events.length > 0) await deps.events.publish(events)
  return { file, report }
}

async function reportOn(
  objects: ObjectStore,
  ledger: Table,
  about: CheckDriftCommand & { champion: ModelManifest | undefined; nowMs: number },
): Promise<FullDriftReport> {
  const { windowDays, champion, nowMs } = about
  const window = currentWindow(ledger, windowDays, nowMs)
  const lastYear = lastYearOf(window)
  const baseline = await usableBaseline(objects, ledger, { champion, window, nowMs })
  const samples = {
    // Bets that the model learned from may lie in the current window of a young ledger: they are on one side only.
    reference: rowsWithin(baseline.table, { fromDay: Number.NEGATIVE_INFINITY, toDay: window.fromDay }),
    current: rowsWithin(ledger, window),
    lastYear: lastYear && rowsWithin(ledger, lastYear),
    windowDays,
  }
  const findings = findDrift(samples)
  return driftReportOf({ ...about, baseline: baseline.manifest, samples, window, lastYear, findings })
}

async function usableBaseline(
  objects: ObjectStore,
  ledger: Table,
  about: { champion: ModelManifest | undefined; window: ReturnType<typeof currentWindow>; nowMs: number },
): Promise<Baseline> {
  const modelVersion = about.champion?.version ?? null
  const standing = await findBaseline(objects)
  if (standing !== undefined && standing.manifest.modelVersion === modelVersion) return standing
  const window = baselineWindow(about.champion, about.window)
  return makeBaseline(objects, ledger, { window, modelVersion, nowMs: about.nowMs })
}

/** Writes the report under a name of its own, which tells the second. */
async function storeReport(objects: ObjectStore, report: FullDriftReport, nowMs: number): Promise<string> {
  const text = encodeChecked(report, fullDriftReportSchema, 'the drift report')
  const second = new Date(nowMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_')
  for (let n = 1; n <= MOST_NAMES; n++) {
    const file = `drift_report_${second}${n === 1 ? '' : `_${n}`}.json`
    if (await objects.putNew(`${DRIFT_REPORTS_PREFIX}${file}`, text)) return file
  }
  throw new DomainError('report_name_taken', `${MOST_NAMES} drift reports of ${second} already`)
}

function eventsOf(file: string, report: FullDriftReport): DomainEvent[] {
  const drifted = report.drifted_features.flatMap((name) => {
    const details = report.feature_details[name]
    return details === undefined || details.severity === 'none'
      ? []
      : [{ name, severity: details.severity, effect: details.effect }]
  })
  if (drifted.length === 0) return []
  return [
    {
      type: 'DriftDetected',
      at: report.timestamp,
      reportId: file,
      modelVersion: report.model_version,
      checked: report.total_features_checked,
      drifted: drifted.slice(0, MAX_EXAMPLES),
      driftedCount: drifted.length,
      requiresRetraining: report.requires_retraining,
      reason: report.reason,
    },
  ]
}
