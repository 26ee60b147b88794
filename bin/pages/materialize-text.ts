import type { MaterializeReport } from '../../shared/usecases/materialize-features.ts'
import { bold } from '../terminal.ts'
import { count } from './figures.ts'
import { bytes } from './pipeline-text.ts'

/** What a materialization did, for a terminal. */
export function materializeText(report: MaterializeReport): string[] {
  const { layer, tableRows, durationMs } = report
  const bets = layer.months.reduce((sum, month) => sum + month.bets, 0)
  const rows = Object.entries(tableRows).map(([table, n]) => `${table} ${count(n)}`)
  return [
    bold(`Features of run ${layer.runId}`),
    `  ${madeText(report)}`,
    ...leftOutText(report),
    `  ${count(bets)} bets in ${months(layer.months.length)}; ${bytes(sizeOf(report))} of Parquet, online state ${bytes(stateSize(report))}`,
    `  rows of tables: ${rows.join(', ')}`,
    `  ledger read at ${layer.lookedAt}`,
    `  ${(durationMs / 1000).toFixed(1)} s`,
  ]
}

function madeText({ layer, monthsMade, betsMade }: MaterializeReport): string {
  if (monthsMade === 0) return 'no bet has changed: the features stand as they were'
  const since = layer.months.at(-monthsMade)?.month
  return `${count(betsMade)} bets of ${months(monthsMade)} made anew, from ${since} on`
}

function leftOutText({ betsLeftOut }: MaterializeReport): string[] {
  if (betsLeftOut === 0) return []
  const bets = betsLeftOut === 1 ? 'bet' : 'bets'
  return [`  left out until they are of the past: ${count(betsLeftOut)} ${bets} placed in the future`]
}

function months(n: number): string {
  return `${count(n)} ${n === 1 ? 'month' : 'months'}`
}

function sizeOf({ layer }: MaterializeReport): number {
  return layer.months.reduce((sum, { features }) => sum + features.bytes, 0)
}

function stateSize({ layer }: MaterializeReport): number {
  return layer.months.at(-1)?.state?.bytes ?? 0
}
