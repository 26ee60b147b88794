#!/usr/bin/env node
/**
 * Measures the drift check on clean and on planted samples of a ledger: how often it cries without cause, how often it
 * finds what was planted, and how long a report takes.
 *
 *     npm run bench:drift -- --bets FILE [--repeats 200] [--seed 1] [--skip-real]
 */
import { parseArgs } from 'node:util'
import { readBetFile } from '../../bin/bet-file.ts'
import { table, terminalProgress } from '../../bin/terminal.ts'
import { byPlacement } from '../../shared/bets/bet.ts'
import { silentProgress } from '../../shared/kernel/ports.ts'
import { createRng } from '../../shared/kernel/random.ts'
import { driftTable } from '../../shared/usecases/drift-columns.ts'
import { drawDays, drawRows } from './drift-draws.ts'
import type { Outcome } from './drift-outcome.ts'
import { findPlanted, judgeClean } from './drift-outcome.ts'
import { PLANTS } from './drift-plants.ts'
import { lookAtMonths, timeReport } from './drift-real.ts'

const REFERENCE_ROWS = 5000
const SIZES = [100, 300, 1000, 5000] as const

const { values: options } = parseArgs({
  options: {
    bets: { type: 'string' },
    repeats: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    'skip-real': { type: 'boolean', default: false },
  },
})

await main()

async function main(): Promise<void> {
  if (options.bets === undefined) throw new Error('usage: npm run bench:drift -- --bets FILE')
  const { parsed } = await readBetFile(options.bets, silentProgress)
  const ledger = driftTable(parsed.bets.map(({ bet }) => bet).sort(byPlacement))
  const [repeats, seed] = [Number(options.repeats), Number(options.seed)]
  const say = (text: string) => process.stdout.write(`${text}\n`)
  say(`${ledger.days.length} bets, ${REFERENCE_ROWS} of reference, ${repeats} repeats, seed ${seed}\n`)

  const alarms = [['False alarms', 'n', 'any column', 'jointly', 'requires_retraining']]
  const power = [
    ['Found', 'n', ...PLANTS.map(({ name }) => name)],
    ['(and then training asked for)', ''],
  ]
  for (const n of SIZES) {
    const rng = createRng(seed * 1000 + n)
    const outcomes: Outcome[] = []
    const found = PLANTS.map(() => ({ column: 0, training: 0 }))
    const task = terminalProgress().start(`rows, n = ${n}`, repeats)
    for (let r = 0; r < repeats; r++) {
      const samples = drawRows(ledger, { reference: REFERENCE_ROWS, current: n, rng })
      const clean = judgeClean(samples)
      outcomes.push(clean)
      for (const [p, plant] of PLANTS.entries()) {
        const planted = findPlanted(samples, clean, plant, rng)
        const counted = found[p] as { column: number; training: number }
        if (planted.column) counted.column++
        if (planted.training) counted.training++
      }
      task.advance(r + 1)
    }
    task.finish()
    alarms.push(alarmLine('clean rows', n, outcomes))
    const cell = (count: number) => percent(count, repeats)
    power.push(['', String(n), ...found.map(({ column, training }) => `${cell(column)} (${cell(training)})`)])
  }
  for (const n of SIZES) {
    const rng = createRng(seed * 1000 + n + 1)
    const task = terminalProgress().start(`whole days, n = ${n}`, repeats)
    const outcomes = Array.from({ length: repeats }, (_, r) => {
      task.advance(r + 1)
      return judgeClean(drawDays(ledger, { reference: REFERENCE_ROWS, current: n, rng }))
    })
    task.finish()
    alarms.push(alarmLine('clean days', n, outcomes))
  }
  say(`${table(alarms)}\n`)
  say(`${table(power)}\n`)
  say(`${table(timeReport(ledger, createRng(seed)))}\n`)
  if (!options['skip-real']) say(table(lookAtMonths(ledger)))
}

function alarmLine(kind: string, n: number, outcomes: readonly Outcome[]): string[] {
  const share = (is: (outcome: Outcome) => boolean) => percent(outcomes.filter(is).length, outcomes.length)
  return [
    kind,
    String(n),
    share(({ drifted }) => drifted > 0),
    share(({ jointly }) => jointly),
    share(({ training }) => training),
  ]
}

function percent(count: number, of: number): string {
  return `${((100 * count) / of).toFixed(1)} %`
}
