#!/usr/bin/env node
/**
 * Times boosting beside single-threaded XGBoost on the same synthetic rows.
 *
 *     npm run bench:trees -- [--rows N]… [--rounds 200] [--skip-xgboost] [--json]
 *
 * A seeded binary problem of 26 columns with missing values is written once as raw 32-bit floats to a temporary folder;
 * each run reads that file in a process of its own. Depth 6, learning rate 0.05, otherwise XGBoost's defaults
 * (lambda 1, min_child_weight 1, 256 bins to our 255). Seconds are those of training, binning included, for XGBoost the
 * construction of its DMatrix too. Processor seconds tell what was computed where others use the machine at the same
 * time. XGBoost runs where `/usr/bin/python3` has it.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { table } from '../../bin/terminal.ts'
import { FEATURES, HELD_OUT_ROWS, writeProblem } from './trees-data.ts'
import type { TreesRun } from './trees-run.ts'

const PYTHON = '/usr/bin/python3'
const RUN = join(import.meta.dirname, 'trees-run.ts')
const XGBOOST = join(import.meta.dirname, 'trees_xgboost.py')
const SEED = 20261121

const HELP = `npm run bench:trees -- [options]

  --rows N         training rows; may stand more than once (27000 and 1000000)
  --rounds N       trees (200)
  --skip-xgboost   time ours alone
  --json           print the figures as JSON
  --help           this text
`

/** Figures of one size. */
interface Comparison {
  rows: number
  rounds: number
  ours: TreesRun
  xgboost?: TreesRun & { matrixSeconds: number; version: string }
  /** Ours by XGBoost's. */
  ratio?: { seconds: number; processorSeconds: number; logLoss: number }
}

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', multiple: true, default: ['27000', '1000000'] },
    rounds: { type: 'string', default: '200' },
    'skip-xgboost': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (options.help) process.stdout.write(HELP)
else await main()

async function main(): Promise<void> {
  const rounds = countOf('--rounds', options.rounds)
  const sizes = options.rows.map((rows) => countOf('--rows', rows))
  const withXgboost = !options['skip-xgboost'] && hasXgboost()
  const folder = mkdtempSync(join(tmpdir(), 'closeline-trees-'))
  try {
    const comparisons: Comparison[] = []
    for (const rows of sizes) comparisons.push(await compare(folder, rows, rounds, withXgboost))
    process.stdout.write(options.json ? `${JSON.stringify(comparisons, null, 2)}\n` : `${report(comparisons)}\n`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function countOf(name: string, text: string): number {
  const count = Number(text)
  if (!(Number.isInteger(count) && count > 0)) throw new Error(`${name} ${text}: must be a whole number above 0`)
  return count
}

function hasXgboost(): boolean {
  const found = spawnSync(PYTHON, ['-c', 'import xgboost']).status === 0
  if (!found) process.stderr.write(`${PYTHON} has no xgboost: ours alone is timed\n`)
  return found
}

async function compare(folder: string, rows: number, rounds: number, withXgboost: boolean): Promise<Comparison> {
  const file = join(folder, `problem-${rows}.f32`)
  process.stderr.write(`writing ${rows} rows\n`)
  await writeProblem(file, rows, SEED)
  process.stderr.write(`training ${rounds} rounds\n`)
  const ours: TreesRun = JSON.parse(output(process.execPath, [RUN, file, String(rounds)]))
  if (!withXgboost) return { rows, rounds, ours }
  process.stderr.write('training XGBoost\n')
  const xgboost = JSON.parse(output(PYTHON, [XGBOOST, file, String(FEATURES), String(HELD_OUT_ROWS), String(rounds)]))
  const ratio = {
    seconds: ours.seconds / xgboost.seconds,
    processorSeconds: ours.processorSeconds / xgboost.processorSeconds,
    logLoss: ours.logLoss - xgboost.logLoss,
  }
  return { rows, rounds, ours, xgboost, ratio }
}

/** What a run of its own writes to standard output. */
function output(program: string, args: string[]): string {
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${args[0]} failed: ${stderr}`)
  return stdout
}

function report(comparisons: readonly Comparison[]): string {
  const lines = [['', 'rows', 'seconds', 'processor s', 'rows·rounds/s', 'peak memory', 'log loss']]
  for (const comparison of comparisons) {
    const { xgboost, ratio } = comparison
    lines.push(runLine('ours', comparison, comparison.ours))
    if (xgboost === undefined || ratio === undefined) continue
    lines.push(runLine(`XGBoost ${xgboost.version}, one thread`, comparison, xgboost))
    const ratios = [ratio.seconds.toFixed(2), ratio.processorSeconds.toFixed(2), '', '', ratio.logLoss.toFixed(4)]
    lines.push(['ours / XGBoost; log loss: difference', '', ...ratios])
  }
  return table(lines)
}

function runLine(name: string, { rows, rounds }: Comparison, run: TreesRun): string[] {
  return [
    name,
    rows.toLocaleString('en-US'),
    run.seconds.toFixed(2),
    run.processorSeconds.toFixed(2),
    Math.round((rows * rounds) / run.seconds).toLocaleString('en-US'),
    `${Math.round(run.peakBytes / 1e6)} MB`,
    run.logLoss.toFixed(4),
  ]
}
