#!/usr/bin/env node
/** Compares what other tools computed, written to a folder by `make_reference.py`, with what the product computes. */
import { parseArgs } from 'node:util'
import { table } from '../../bin/terminal.ts'
import { messageOf } from '../../shared/kernel/errors.ts'
import { agrees, compareFolder } from './golden-folder.ts'
import type { Comparison, GoldenReport } from './golden-report.ts'

const USAGE = `npm run verify:golden -- --dir DIR [--json]

Compares odds.json, metrics.json, calibration.json, drift.json and xgboost-*.json of a folder written by make_reference.py.

  --dir DIR   the folder
  --json      the report as JSON
  --help      this text

Exit code 0: all numbers within their tolerances; 1: one is not, a file holds what is not understood, or nothing was
compared; 2: the folder cannot be read, or wrong usage.
`

process.exitCode = await main()

async function main(): Promise<number> {
  try {
    const { dir, json, help } = parseArgs({
      options: { dir: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
    }).values
    if (help === true) {
      process.stdout.write(USAGE)
      return 0
    }
    if (dir === undefined) throw new Error('which folder? --dir DIR')
    const report = await compareFolder(dir)
    process.stdout.write(json === true ? `${asJson(report)}\n` : text(report))
    return agrees(report) ? 0 : 1
  } catch (thrown) {
    process.stderr.write(`verify:golden: ${messageOf(thrown)}\n`)
    return 2
  }
}

/** An infinite difference is written as null. */
function asJson(report: GoldenReport): string {
  return JSON.stringify({ agrees: agrees(report), ...report })
}

function text(report: GoldenReport): string {
  const { comparisons, complaints } = report
  const numbers = comparisons.reduce((sum, comparison) => sum + comparison.numbers, 0)
  const failed = comparisons.filter(({ ok }) => !ok).length
  const reasons = new Set(comparisons.flatMap(({ tolerance }) => tolerance.reason ?? []))
  return [
    table([['file', 'quantity', 'numbers', 'largest difference', 'tolerance', 'ok'], ...comparisons.map(line)], 2),
    ...Array.from(reasons, (reason) => `a wider tolerance: ${reason}`),
    ...complaints.map(({ file, message }) => `${file}: ${message}`),
    comparisons.length === 0
      ? 'nothing was compared'
      : `${numbers} numbers of ${comparisons.length} quantities compared, ${failed} beyond their tolerance`,
    '',
  ].join('\n')
}

function line(comparison: Comparison): string[] {
  const { file, quantity, numbers, largestDifference, allowed, ok } = comparison
  return [file, quantity, `${numbers}`, digits(largestDifference), allowed.toExponential(1), ok ? 'ok' : 'NO']
}

function digits(difference: number): string {
  return difference === 0 ? '0' : difference.toExponential(1)
}
