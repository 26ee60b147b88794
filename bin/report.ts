import type { QualityReport } from '../shared/quality/gate.ts'
import type { ModelManifest } from '../shared/registry/manifest.ts'
import type { ImportReport } from '../shared/usecases/ledger-ports.ts'
import { figure, requirement } from './pages/figures.ts'
import { bold, table } from './terminal.ts'

/** An import in one sentence, every row accounted for. */
export function importLine(report: ImportReport): string {
  const { rowsRead, rowsImported, rowsUpdated, rowsUnchanged, rowsQuarantined } = report
  return (
    `${count(rowsRead)} rows read = ${count(rowsImported)} imported + ${count(rowsUpdated)} updated + ` +
    `${count(rowsUnchanged)} unchanged + ${count(rowsQuarantined)} quarantined`
  )
}

/** The scores of a model version beside both baselines, on how many bets, and what they are worth. */
export function scoreTable(manifest: ModelManifest): string {
  const { scores } = manifest
  const contenders = [
    ['model', scores.model],
    ['implied', scores.implied],
    ['recalibrated implied', scores.recalibratedImplied],
  ] as const
  const rows = contenders.map(([name, s]) => [
    name,
    count(s.n),
    s.logLoss.toFixed(4),
    s.brier.toFixed(4),
    s.auc?.toFixed(4) ?? '-',
    s.ece.toFixed(4),
  ])
  const { mean, low, high, clusters } = scores.modelMinusRecalibrated
  return [
    table([['', 'n', 'log loss', 'Brier', 'AUC', 'ECE'], ...rows]),
    `model - recalibrated implied, log loss: ${signed(mean)} (95 % ${signed(low)} to ${signed(high)}, ${clusters} days)`,
    `untouched bets placed ${scores.testFrom.slice(0, 10)} to ${scores.testTo.slice(0, 10)}`,
  ].join('\n')
}

/** Failed checks with their figures, or that there are none. */
export function qualityLines(report: QualityReport): string[] {
  const failed = report.checks.filter((check) => !check.passed)
  if (failed.length === 0) return [`all ${report.checks.length} checks passed`]
  return [
    `${report.checks.length - failed.length} of ${report.checks.length} checks passed`,
    ...failed.map((check) => {
      const { name, value, because } = check
      return `failed: ${name} is ${figure(name, value)}, should be ${requirement(check)}: ${because}`
    }),
  ]
}

/** A heading and its lines, indented. */
export function block(heading: string, lines: readonly string[]): string {
  const body = lines.flatMap((line) => line.split('\n')).map((line) => `  ${line}`)
  return [bold(heading), ...body].join('\n')
}

export function count(n: number): string {
  return n.toLocaleString('en-US')
}

function signed(x: number): string {
  return `${x < 0 ? '-' : '+'}${Math.abs(x).toFixed(4)}`
}
