import type { Table } from '../../shared/drift/table.ts'
import { pickRows, rowsOf } from '../../shared/drift/table.ts'
import type { Rng } from '../../shared/kernel/random.ts'
import { detailsOf } from '../../shared/usecases/drift-details.ts'
import { findDrift, isJointDrift } from '../../shared/usecases/drift-findings.ts'
import { dayText, lastYearOf, rowsWithin } from '../../shared/usecases/drift-window.ts'
import { weighDrift } from '../../shared/usecases/weigh-drift.ts'

const MONTH_DAYS = 30
const LEAST_BETS = 100
const LEAST_MONTHS_BEFORE = 8

const TIMED = { reference: 27_000, current: 5000, rowsADay: 25 }

/** Each window of thirty days against all before it, as a daily check would have seen it. */
export function lookAtMonths(ledger: Table): string[][] {
  const [first, last] = [ledger.days[0] ?? 0, ledger.days.at(-1) ?? 0]
  const lines = [['Window to', 'bets', 'reference', 'drifted', 'jointly', 'moved', 'training', 'which']]
  const begin = first + LEAST_MONTHS_BEFORE * MONTH_DAYS
  for (let toDay = last + 1; toDay - MONTH_DAYS >= begin; toDay -= MONTH_DAYS) {
    const window = { fromDay: toDay - MONTH_DAYS, toDay }
    const current = rowsWithin(ledger, window)
    if (current.days.length < LEAST_BETS) continue
    const reference = rowsWithin(ledger, { fromDay: first, toDay: window.fromDay })
    const lastYear = lastYearOf(window)
    const samples = { reference, current, lastYear: lastYear && rowsWithin(ledger, lastYear), windowDays: MONTH_DAYS }
    lines.splice(1, 0, monthLine(toDay, samples))
  }
  return lines
}

function monthLine(toDay: number, samples: Parameters<typeof findDrift>[0]): string[] {
  const findings = findDrift(samples)
  const details = findings.columns.map((finding) => [finding.column.name, detailsOf(finding)] as const)
  const { moved, requiresRetraining } = weighDrift({ feature_details: Object.fromEntries(details) }, [])
  const drifted = details.filter(([, { is_drifted }]) => is_drifted)
  return [
    ...[dayText(toDay), String(samples.current.days.length), String(samples.reference.days.length)],
    ...[String(drifted.length), isJointDrift(findings.joint) ? 'yes' : 'no'],
    ...[`${(100 * moved).toFixed(1)} %`, requiresRetraining ? 'yes' : 'no'],
    drifted.map(([name, { effect, movement }]) => `${name} ${effect?.toFixed(2)} ${movement}`).join(', '),
  ]
}

/** Time of one report's arithmetic, with a window of last year, the first time in this process and the best of five. */
export function timeReport(ledger: Table, rng: Rng): string[][] {
  const { reference, current, rowsADay } = TIMED
  const drawn = Int32Array.from({ length: reference + current }, () => rng.integer(ledger.days.length))
  const picked = pickRows(ledger, drawn)
  const all = { ...picked, days: picked.days.map((_, r) => Math.floor(r / rowsADay)) }
  const samples = {
    reference: rowsOf(all, 0, reference),
    current: rowsOf(all, reference, reference + current),
    lastYear: rowsOf(all, 0, current),
    windowDays: current / rowsADay,
  }
  const runs = Array.from({ length: 5 }, () => {
    const [wall, cpu] = [performance.now(), process.cpuUsage()]
    findDrift(samples)
    const { user, system } = process.cpuUsage(cpu)
    return { wall: performance.now() - wall, cpu: (user + system) / 1000 }
  })
  const best = (of: 'wall' | 'cpu') => Math.min(...runs.map((run) => run[of])).toFixed(0)
  return [
    ['Time of a report', 'reference', 'current', 'columns', 'wall ms, best of 5', 'processor ms, best of 5'],
    ['', String(reference), String(current), String(all.columns.length), best('wall'), best('cpu')],
  ]
}
