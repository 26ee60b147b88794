/**
 * Times the pipeline on simulated ledgers: a full run at each size, after it a run of 1,000 changes such as
 * an hour brings, and one of 1,000 changes to bets of any time, the worst there is.
 *
 * Each run is a process of its own, so that its peak memory is its own. The source is a file of rows as PostgREST
 * answers them, read in pages of 1,000 and parsed: the database's own time is not in it. The last line reads 27,000 bets
 * from the embedded Supabase over HTTP, which is in it, server and all.
 *
 *     npm run bench:pipeline -- [--sizes 27000,1000000,5000000] [--keep DIR]
 */
import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { table } from '../../bin/terminal.ts'
import type { Bet } from '../../shared/bets/bet.ts'
import { parseLedgerRow, toLedgerRow } from '../../shared/bets/records/ledger-row.ts'
import { createRng } from '../../shared/kernel/random.ts'
import { simulateLedger } from '../../shared/simulator/ledger.ts'
import { runMeasured, runOnDatabase } from './pipeline-run.ts'

const LEDGER_ROWS = 50_000
const ENDS_AT_MS = Date.UTC(2026, 10, 1)
const DAY_MS = 86_400_000
const CHANGES = 1000
let changeRounds = 0

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '27000,1000000,5000000' },
    keep: { type: 'string' },
    child: { type: 'string' },
    rows: { type: 'string', default: '' },
    lake: { type: 'string', default: '' },
  },
})

if (values.child === 'run') process.stdout.write(JSON.stringify(await runMeasured(values.rows, values.lake)))
else if (values.child === 'database') process.stdout.write(JSON.stringify(await runOnDatabase(values.lake)))
else await compareSizes(values.sizes.split(',').map(Number))

async function compareSizes(sizes: readonly number[]): Promise<void> {
  const folder = values.keep ?? join(tmpdir(), `closeline-bench-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  const lines = [['run', 'rows', 'seconds', 'rows/s', 'peak memory', 'partitions written']]
  try {
    for (const size of sizes) {
      const rows = join(folder, `${size}.ndjson`)
      const lake = join(folder, `lake-${size}`)
      rmSync(lake, { recursive: true, force: true })
      process.stderr.write(`simulating ${size} bets\n`)
      writeRows(rows, size)
      lines.push(lineOf('full', childRun('run', rows, lake)))
      const after = size.toLocaleString('en-US')
      const changes = join(folder, `${size}-changes.ndjson`)
      writeChanges(rows, changes, size)
      lines.push(lineOf(`an hour's changes, on ${after}`, childRun('run', changes, lake)))
      writeScattered(rows, changes, size)
      lines.push(lineOf(`changes everywhere, on ${after}`, childRun('run', changes, lake)))
    }
    lines.push(lineOf('full, embedded Supabase', childRun('database', '', join(folder, 'database'))))
    process.stdout.write(`${table(lines)}\n`)
  } finally {
    if (values.keep === undefined) rmSync(folder, { recursive: true, force: true })
  }
}

interface Measured {
  rows: number
  seconds: number
  peakBytes: number
  partitionsWritten: number
}

function childRun(child: string, rows: string, lake: string): Measured {
  const args = [import.meta.filename, '--child', child, '--rows', rows, '--lake', lake]
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 26 })
  if (status !== 0) throw new Error(`the run failed: ${stderr}`)
  return JSON.parse(stdout) as Measured
}

function lineOf(name: string, { rows, seconds, peakBytes, partitionsWritten }: Measured): string[] {
  const figures = [rows.toLocaleString('en-US'), seconds.toFixed(2), Math.round(rows / seconds).toLocaleString('en-US')]
  return [name, ...figures, `${Math.round(peakBytes / 1e6)} MB`, String(partitionsWritten)]
}

/** Rows in order of change time; ledgers of several seeds, each with ids of its own. */
function writeRows(path: string, size: number): void {
  const file = openSync(path, 'w')
  let updatedAtUs = (ENDS_AT_MS - 400 * DAY_MS) * 1000
  for (let begin = 0; begin < size; begin += LEDGER_ROWS) {
    const count = Math.min(LEDGER_ROWS, size - begin)
    const bets = simulateLedger({ seed: begin / LEDGER_ROWS + 1, count, endsAtMs: ENDS_AT_MS })
    const lines = bets.map((bet) => {
      updatedAtUs += 1000
      const row = toLedgerRow({ ...bet, id: `${begin / LEDGER_ROWS}-${bet.id}` })
      return `${JSON.stringify({ ...row, updated_at: instantText(updatedAtUs) })}\n`
    })
    writeFileSync(file, lines.join(''))
  }
  closeSync(file)
}

/** What an hour may bring: 600 new bets, 390 results of bets of the last weeks, 10 corrections of bets of any time. */
function writeChanges(rowsPath: string, path: string, size: number): void {
  const added = newBets(600).map((bet) => toLedgerRow({ ...bet, id: `new-${bet.id}` }))
  writeVersions(path, [
    ...laterVersions([...recentRows(rowsPath, size, 390), ...scatteredRows(rowsPath, size, 10)]),
    ...added,
  ])
}

/** The worst there is: corrections of bets of any time, which touch every partition. */
function writeScattered(rowsPath: string, path: string, size: number): void {
  writeVersions(path, laterVersions(scatteredRows(rowsPath, size + 1, CHANGES)))
}

/** The last bets of a ledger with many: its newest days. */
function newBets(count: number): Bet[] {
  return simulateLedger({ seed: 4711, count: 20_000, endsAtMs: ENDS_AT_MS + 5 * DAY_MS }).slice(-count)
}

/** Rows of the newest days, which stand at the end of each of the ledgers. */
function recentRows(path: string, size: number, n: number): string[] {
  const rowBytes = statSync(path).size / size
  const lastLedger = Math.min(LEDGER_ROWS, size)
  return readAt(
    path,
    statSync(path).size - Math.ceil(rowBytes * Math.min(lastLedger, n + 10)),
    Math.ceil(rowBytes * (n + 10)),
  ).slice(-n)
}

function scatteredRows(path: string, seed: number, n: number): string[] {
  const rng = createRng(seed)
  const size = statSync(path).size
  return Array.from({ length: n }, () => readAt(path, Math.floor(rng.next() * Math.max(0, size - 4000)), 4000)[0] ?? '')
}

function laterVersions(lines: readonly string[]): object[] {
  return lines.filter((line) => line !== '').map((line) => ({ ...(JSON.parse(line) as object), is_live: true }))
}

function writeVersions(path: string, rows: readonly object[]): void {
  let updatedAtUs = (ENDS_AT_MS + (changeRounds++ + 6) * DAY_MS) * 1000
  const lines = rows.map((row) => {
    updatedAtUs += 1000
    return `${JSON.stringify({ ...row, updated_at: instantText(updatedAtUs) })}\n`
  })
  if (!parseLedgerRow(JSON.parse(lines[0] ?? '{}')).ok) throw new Error('a changed row is no ledger row')
  writeFileSync(path, lines.join(''))
}

function readAt(path: string, position: number, length: number): string[] {
  const file = openSync(path, 'r')
  const buffer = Buffer.alloc(length)
  const read = readSync(file, buffer, 0, length, Math.max(0, position))
  closeSync(file)
  return buffer.toString('utf8', 0, read).split('\n').slice(1, -1)
}

function instantText(us: number): string {
  const text = new Date(Math.floor(us / 1000)).toISOString()
  return `${text.slice(0, -1)}${String(us % 1000).padStart(3, '0')}+00:00`
}
