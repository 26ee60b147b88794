#!/usr/bin/env node
/**
 * Times the feature store on simulated bets: the pass with all features, the state alone, a vector, a snapshot.
 *
 * The bets lie in a file a month and are parsed outside the timed part; the pass runs in a process of its own on one
 * thread, so its processor time and its peak memory are its own. It runs twice: from the sources, and bundled and
 * minified, as the functions are deployed.
 *
 *     npm run bench:features -- [--count 1000000] [--bets FILE] [--keep DIR]
 */
import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildSync } from 'esbuild'
import { readBetFile } from '../../bin/bet-file.ts'
import { table } from '../../bin/terminal.ts'
import type { Bet } from '../../shared/bets/bet.ts'
import { byPlacement } from '../../shared/bets/bet.ts'
import { advance } from '../../shared/features/advance.ts'
import { featureSet } from '../../shared/features/feature-set.ts'
import { onlineVector } from '../../shared/features/online.ts'
import { FEATURE_NAMES, layerHash } from '../../shared/features/registry.ts'
import { decodeSnapshot, encodeSnapshot } from '../../shared/features/snapshot.ts'
import type { FeatureState } from '../../shared/features/state.ts'
import { createFeatureState } from '../../shared/features/state.ts'
import { silentProgress } from '../../shared/kernel/ports.ts'
import { WIN_PROBABILITY_INPUTS } from '../../shared/recipe/inputs.ts'
import { simulateLedger } from '../../shared/simulator/ledger.ts'
import type { Pass } from './features-pass.ts'

const LEDGER_BETS = 50_000
const ENDS_AT_MS = Date.UTC(2026, 10, 1)
const VECTORS = 20_000

const PASS = join(import.meta.dirname, 'features-pass.ts')

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '1000000' },
    bets: { type: 'string' },
    keep: { type: 'string' },
  },
})

await main()

async function main(): Promise<void> {
  const folder = options.keep ?? join(tmpdir(), `closeline-bench-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  try {
    if (readdirSync(folder).length === 0) writeMonths(folder, Number(options.count))
    const lines = [['', 'bets', 'seconds', 'processor s', 'bets/s', 'peak memory', 'state']]
    const features = `pass, ${FEATURE_NAMES.length} features`
    lines.push(passLine(features, inChild(PASS, 'features', folder)))
    const bundled = bundlePass()
    lines.push(passLine(`${features}, bundled`, inChild(bundled, 'features', folder)))
    lines.push(passLine('pass, state alone', inChild(PASS, 'state', folder)))
    rmSync(bundled)
    process.stdout.write(`${table(lines)}\n\n`)
    process.stdout.write(`${table(await servingLines())}\n`)
  } finally {
    if (options.keep === undefined) rmSync(folder, { recursive: true, force: true })
  }
}

/** Ledgers of several seeds, each with ids of its own, in a file a month. */
function writeMonths(folder: string, count: number): void {
  process.stderr.write(`simulating ${count} bets\n`)
  for (let begin = 0; begin < count; begin += LEDGER_BETS) {
    const months = new Map<string, string[]>()
    const seed = begin / LEDGER_BETS + 1
    for (const bet of simulateLedger({ seed, count: Math.min(LEDGER_BETS, count - begin), endsAtMs: ENDS_AT_MS })) {
      const month = new Date(bet.placedAtMs).toISOString().slice(0, 7)
      const lines = months.get(month) ?? []
      months.set(month, lines)
      lines.push(JSON.stringify({ ...bet, id: `${seed}-${bet.id}` }))
    }
    for (const [month, lines] of months) appendFileSync(join(folder, `${month}.ndjson`), `${lines.join('\n')}\n`)
  }
}

/** Runs the pass in a process of its own. */
function inChild(script: string, what: 'features' | 'state', folder: string): Pass {
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, what, folder], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the pass failed: ${stderr}`)
  return JSON.parse(stdout) as Pass
}

/** The pass as the functions have it: bundled and minified. */
function bundlePass(): string {
  const outfile = join(tmpdir(), `closeline-pass-${process.pid}.mjs`)
  const how = { bundle: true, minify: true, platform: 'node', format: 'esm' } as const
  buildSync({ entryPoints: [PASS], outfile, ...how })
  return outfile
}

function passLine(name: string, pass: Pass): string[] {
  return [
    name,
    pass.bets.toLocaleString('en-US'),
    pass.seconds.toFixed(2),
    pass.processorSeconds.toFixed(2),
    Math.round(pass.bets / pass.seconds).toLocaleString('en-US'),
    `${Math.round(pass.peakBytes / 1e6)} MB`,
    `${(pass.stateBytes / 1e6).toFixed(2)} MB`,
  ]
}

/** What serving does, on the ledger of a file or a simulated one of 27,000 bets. */
async function servingLines(): Promise<string[][]> {
  const bets = await servedLedger()
  const state = createFeatureState()
  advance(state, bets)
  const body = await encodeSnapshot({ layerHash: await layerHash(), state })
  const loads: number[] = []
  let served = state
  for (let i = 0; i < 20; i++) {
    const copy = body.slice()
    const begin = performance.now()
    served = (await decodeSnapshot(copy, 'the snapshot')).state
    loads.push(performance.now() - begin)
  }
  return [
    ['', 'figure'],
    ['ledger', `${bets.length.toLocaleString('en-US')} bets`],
    ['snapshot', `${(body.length / 1e6).toFixed(2)} MB`],
    ['load, first', `${loads[0]?.toFixed(1)} ms`],
    ['load, median of 20', `${median(loads).toFixed(1)} ms`],
    [`vector of ${FEATURE_NAMES.length} features`, `${vectorMicroseconds(served, bets, FEATURE_NAMES).toFixed(1)} µs`],
    [
      `vector of ${WIN_PROBABILITY_INPUTS.length} features, the model's inputs`,
      `${vectorMicroseconds(served, bets, WIN_PROBABILITY_INPUTS).toFixed(1)} µs`,
    ],
  ]
}

async function servedLedger(): Promise<Bet[]> {
  if (options.bets === undefined) return simulateLedger({ seed: 1, count: 27_000, endsAtMs: ENDS_AT_MS })
  const { parsed } = await readBetFile(options.bets, silentProgress)
  return parsed.bets.map(({ bet }) => bet).sort(byPlacement)
}

/** Median time of a vector over bets of the ledger, each asked an hour after its last bet. */
function vectorMicroseconds(state: FeatureState, bets: readonly Bet[], names: readonly string[]): number {
  const set = featureSet(names)
  const nowMs = Math.max(state.asOfMs, bets.at(-1)?.placedAtMs ?? 0) + 3_600_000
  const snapshot = { layerHash: '', state, ledgerSha256: '', origin: 'own' as const, lookedAtMs: nowMs }
  const times: number[] = []
  for (let i = 0; i < VECTORS; i++) {
    const bet = bets[(i * 7919) % bets.length] as Bet
    const begin = performance.now()
    onlineVector(snapshot, set, bet, nowMs)
    times.push(1000 * (performance.now() - begin))
  }
  return median(times.slice(VECTORS / 2))
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
