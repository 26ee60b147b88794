import type { PipelineReport } from '../../shared/usecases/pipeline-report.ts'
import { bold } from '../terminal.ts'
import { count } from './figures.ts'

/** What a run did, for a terminal. */
export function pipelineText(report: PipelineReport): string[] {
  const { counts, quality } = report
  const failed = quality.checks.filter(({ passed }) => !passed).map(({ name }) => name)
  return [
    bold(`Run ${report.runId}, state ${report.sequence}`),
    `  ${countsText(report)}`,
    ...troubles(report).map((line) => `  ${line}`),
    `  ${count(report.bets)} bets in ${count(report.partitions)} partitions, ${count(report.partitionsWritten)} of them written; ${bytes(report.bytes)} of Parquet`,
    `  anomalies: ${severities(report)}`,
    `  quality gate: ${failed.length === 0 ? `all ${quality.checks.length} checks passed` : `FAILED: ${failed.join(', ')}; see  closeline quality`}`,
    ...(counts.refused > 0 ? ['  refused records are in quarantine: closeline quarantine'] : []),
    `  ${(report.durationMs / 1000).toFixed(1)} s`,
  ]
}

/** `1,000 read = 10 inserted + 3 updated + …`, every version accounted for. */
function countsText({ counts }: PipelineReport): string {
  const { received, ...parts } = counts
  const named = Object.entries(parts).filter(([, n]) => n > 0)
  if (received === 0) return 'nothing has changed'
  return `${count(received)} versions read = ${named.map(([name, n]) => `${count(n)} ${name}`).join(' + ')}`
}

/** What went otherwise than it should while the source was read. */
function troubles({ read, resumedFrom, attempts, undelivered }: PipelineReport): string[] {
  const told: (string | false)[] = [
    resumedFrom !== null && `went on from the raw files of run ${resumedFrom}, which did not finish`,
    attempts > 1 && `it took ${attempts} attempts`,
    read.retries > 0 && `${read.retries} requests were tried again`,
    read.rereads > 0 && `the source answered short: it was read ${read.rereads + 1} times`,
    read.repeatedRecords > 0 && `${count(read.repeatedRecords)} records came more than once`,
    read.disorderedPages > 0 && `${read.disorderedPages} pages came out of order`,
    undelivered > 0 && `events of ${undelivered} runs could not be published yet; the next run tries again`,
  ]
  return told.filter((line) => line !== false)
}

function severities({ anomalies }: PipelineReport): string {
  const found = Object.entries(anomalies.bySeverity).filter(([, n]) => n > 0)
  return found.length === 0 ? 'none' : found.map(([severity, n]) => `${count(n)} ${severity}`).join(', ')
}

export function bytes(n: number): string {
  if (n < 1e6) return `${(n / 1e3).toFixed(1)} kB`
  return n < 1e9 ? `${(n / 1e6).toFixed(1)} MB` : `${(n / 1e9).toFixed(2)} GB`
}
