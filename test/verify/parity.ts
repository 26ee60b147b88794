#!/usr/bin/env node
/**
 * Compares the features that training sees with those that serving answers, for every bet of a file.
 *
 * Training: one pass over the whole ledger. Serving: a state that is stored, read back and taken on, batch after batch,
 * and asked for each bet at the moment of its placement. Every value must be the same to the last bit.
 *
 *     npm run verify:parity -- --bets FILE [--batch 500] [--json]
 */
import { parseArgs } from 'node:util'
import { readBetFile } from '../../bin/bet-file.ts'
import type { Bet } from '../../shared/bets/bet.ts'
import { byPlacement } from '../../shared/bets/bet.ts'
import { advance } from '../../shared/features/advance.ts'
import { featureSet } from '../../shared/features/feature-set.ts'
import { onlineVector } from '../../shared/features/online.ts'
import { FEATURE_NAMES, layerHash } from '../../shared/features/registry.ts'
import { replayLedger } from '../../shared/features/replay.ts'
import type { FeatureSnapshot } from '../../shared/features/snapshot.ts'
import { decodeSnapshot, encodeSnapshot } from '../../shared/features/snapshot.ts'
import { createFeatureState } from '../../shared/features/state.ts'
import { silentProgress } from '../../shared/kernel/ports.ts'

const { values: options } = parseArgs({
  options: {
    bets: { type: 'string' },
    batch: { type: 'string', default: '500' },
    json: { type: 'boolean', default: false },
  },
})
if (options.bets === undefined) throw new Error('npm run verify:parity -- --bets FILE')

const set = featureSet(FEATURE_NAMES)
const { parsed } = await readBetFile(options.bets, silentProgress)
const ledger = parsed.bets.map(({ bet }) => bet).sort(byPlacement)
const trained = replayLedger(ledger, set).columns
const report = await compare(ledger, trained, Number(options.batch))
process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : text(report))
if (report.differing > 0 || report.rows === 0) process.exitCode = 1

interface Report {
  rows: number
  features: number
  values: number
  missing: number
  /** States stored and read back on the way. */
  snapshots: number
  /** Values whose bits differ. */
  differing: number
  largestDifference: number
}

async function compare(bets: readonly Bet[], columns: readonly Float32Array[], batch: number): Promise<Report> {
  const counts = { missing: 0, snapshots: 0, differing: 0, largestDifference: 0 }
  let stored = await encodeSnapshot({ layerHash: await layerHash(), state: createFeatureState() })
  for (let begin = 0; begin < bets.length; ) {
    const end = endOfInstant(bets, begin + batch)
    const snapshot = await served(stored)
    counts.snapshots += 1
    for (let next = begin; next < end; ) {
      const after = endOfInstant(bets, next + 1)
      // Bets of one instant do not see each other.
      for (let r = next; r < after; r++) compareRow(snapshot, bets[r] as Bet, columns, r, counts)
      advance(snapshot.state, bets.slice(next, after))
      next = after
    }
    stored = await encodeSnapshot(snapshot)
    begin = end
  }
  const values = bets.length * columns.length
  return { rows: bets.length, features: columns.length, values, ...counts }
}

async function served(stored: Uint8Array): Promise<FeatureSnapshot> {
  const { layerHash: hash, state } = await decodeSnapshot(stored, 'the snapshot')
  return { layerHash: hash, state, ledgerSha256: '', origin: 'own', lookedAtMs: 0 }
}

function compareRow(
  snapshot: FeatureSnapshot,
  bet: Bet,
  columns: readonly Float32Array[],
  r: number,
  counts: Pick<Report, 'missing' | 'differing' | 'largestDifference'>,
): void {
  const asked = { ...snapshot, lookedAtMs: bet.placedAtMs }
  const { values } = onlineVector(asked, set, bet, bet.placedAtMs)
  for (const [f, value] of values.entries()) {
    const expected = columns[f]?.[r] ?? Number.NEGATIVE_INFINITY
    if (Number.isNaN(expected)) counts.missing += 1
    if (Object.is(value, expected)) continue
    counts.differing += 1
    const difference = Math.abs(value - expected)
    counts.largestDifference = Math.max(counts.largestDifference, Number.isNaN(difference) ? Infinity : difference)
  }
}

/** The first bet at or after `from` that was placed later than the one before it. */
function endOfInstant(bets: readonly Bet[], from: number): number {
  let end = Math.min(from, bets.length)
  while (end < bets.length && bets[end]?.placedAtMs === bets[end - 1]?.placedAtMs) end += 1
  return end
}

function text(report: Report): string {
  const n = (value: number) => value.toLocaleString('en-US')
  return [
    `${n(report.rows)} bets compared, ${report.features} features each: ${n(report.values)} values, ${n(report.missing)} of them missing`,
    `${n(report.snapshots)} snapshots stored and read back on the way`,
    `values that differ in any bit: ${n(report.differing)}; largest difference ${report.largestDifference}`,
    '',
  ].join('\n')
}
