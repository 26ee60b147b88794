import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../../shared/kernel/errors.ts'
import { checkCalibration } from './golden-calibration.ts'
import { checkDrift } from './golden-drift.ts'
import { checkMetrics } from './golden-metrics.ts'
import { checkOdds } from './golden-odds.ts'
import type { FileCheck, GoldenReport } from './golden-report.ts'
import { checkTrees } from './golden-trees.ts'

/**
 * Compares every JSON file of a folder with what the product computes from the same inputs. A file that cannot be read
 * or is not understood is a complaint and keeps no other from being compared.
 *
 * @throws where the folder cannot be listed
 */
export async function compareFolder(directory: string): Promise<GoldenReport> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.json')).sort()
  const report = {
    comparisons: [] as GoldenReport['comparisons'][number][],
    complaints: [] as GoldenReport['complaints'][number][],
  }
  for (const file of names) {
    const check = checkOf(file)
    if (check === undefined) report.complaints.push({ file, message: 'a file that is not understood' })
    else {
      try {
        const { comparisons, unknown } = check(JSON.parse(await readFile(join(directory, file), 'utf8')))
        report.comparisons.push(...comparisons.map((comparison) => ({ file, ...comparison })))
        report.complaints.push(...unknown.map((path) => ({ file, message: `${path} is not understood` })))
      } catch (thrown) {
        report.complaints.push({ file, message: messageOf(thrown) })
      }
    }
  }
  return report
}

/** Whether something was compared, all of it within its tolerance, and nothing is left that was not understood. */
export function agrees({ comparisons, complaints }: GoldenReport): boolean {
  return comparisons.length > 0 && complaints.length === 0 && comparisons.every(({ ok }) => ok)
}

function checkOf(file: string): FileCheck | undefined {
  if (file === 'odds.json') return checkOdds
  if (file === 'metrics.json') return checkMetrics
  if (file === 'calibration.json') return checkCalibration
  if (file === 'drift.json') return checkDrift
  return /^xgboost-.+\.json$/.test(file) ? checkTrees : undefined
}
