import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import calibration from '../golden/scikit-learn/calibration.json' with { type: 'json' }
import binary from '../golden/xgboost-models/binary.json' with { type: 'json' }
import { temporaryFolder } from '../support/temporary-folder.ts'
import { agrees, compareFolder } from './golden-folder.ts'
import { compare } from './golden-report.ts'

/** Prices 1.25 and 2.5: π = 0.8 and 0.4, B = 1.2. Of two outcomes Shin's probabilities are the additive ones. */
const k = 1.421586230762105
const ODDS = {
  devig: [
    {
      decimal: [1.25, 2.5],
      overround: 0.2,
      multiplicative: [2 / 3, 1 / 3],
      additive: [0.7, 0.3],
      power: [0.8 ** k, 0.4 ** k],
      shin: [0.7, 0.3],
      shin_z: (0.2 * (0.16 - 1.2)) / (1.2 * (0.16 - 1)),
    },
  ],
  conversions: [{ american: -150, decimal: 5 / 3, implied_probability: 0.6 }],
  kelly: [{ p: 0.55, decimal: 2, kelly: 0.1, expected_value_per_unit: 0.1 }],
}

const METRICS = {
  source: 'by hand',
  binary: {
    y: [0, 1],
    p: [0.5, 0.8],
    roc_auc: 1,
    log_loss: -Math.log(0.4) / 2,
    brier: 0.145,
    accuracy: 1,
    ece_10: 0.35,
  },
  ordered3: {
    y: [0, 1],
    p: [
      [0.5, 0.3, 0.2],
      [0.2, 0.6, 0.2],
    ],
    rps: 0.0925,
    log_loss: -Math.log(0.3) / 2,
    accuracy: 1,
  },
  regression: { y: [1, 3], p: [1, 1], mae: 1, rmse: Math.SQRT2, r2: -1 },
}

const CALIBRATION = {
  margin: calibration.scores,
  label: calibration.labels,
  grid: calibration.grid,
  platt: { a: calibration.platt.a, b: calibration.platt.b, predicted: calibration.platt.predicted, formula: '' },
  isotonic: { predicted: calibration.isotonic.predicted },
}

/** Tenths of 0, 0, 1, 1 leave bins of two and two; the chi-square tail and the distance are SciPy's. */
const DRIFT = {
  source: 'by hand',
  numerical: [
    {
      reference: [0, 0, 1, 1],
      current: [0, 1, 1, 1],
      ks: { statistic: 0.25, pvalue_asymptotic: 1 },
      wasserstein: 0.25,
      psi_10_quantile_bins: Math.log(3) / 4,
    },
  ],
  categorical: [
    {
      reference: { won: 10, lost: 10 },
      current: { won: 5, lost: 15 },
      chi2: { statistic: 8 / 3, pvalue: 0.10247043485974942, dof: 1 },
      jensen_shannon_distance_base2: 0.22089576884901735,
      psi: Math.log(3) / 4,
    },
  ],
  benjamini_hochberg: { pvalues: [0.01, 0.02, 0.5], adjusted: [0.03, 0.03, 0.5] },
}

const ALL = {
  'odds.json': ODDS,
  'metrics.json': METRICS,
  'calibration.json': CALIBRATION,
  'drift.json': DRIFT,
  'xgboost-binary.json': binary,
}

async function folderOf(files: Record<string, unknown>): ReturnType<typeof temporaryFolder> {
  const folder = await temporaryFolder()
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder.path, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return folder
}

describe('compareFolder', () => {
  test('agrees with numbers that are right, and looks at every file', async () => {
    await using folder = await folderOf(ALL)
    const report = await compareFolder(folder.path)
    expect(report.comparisons.filter(({ ok }) => !ok)).toEqual([])
    expect(report).toMatchObject({ complaints: [] })
    const files = Object.groupBy(report.comparisons, ({ file }) => file)
    expect(Object.entries(files).map(([file, of]) => [file, of?.length])).toEqual([
      ['calibration.json', 4],
      ['drift.json', 10],
      ['metrics.json', 11],
      ['odds.json', 10],
      ['xgboost-binary.json', 7],
    ])
    expect(agrees(report)).toBe(true)
  })

  test.each([
    ['odds.json', { ...ODDS, kelly: [{ ...ODDS.kelly[0], kelly: 0.1 + 2e-9 }] }, 'Kelly fraction'],
    ['metrics.json', { ...METRICS, regression: { ...METRICS.regression, mae: 1.00000001 } }, 'mean absolute error'],
    ['calibration.json', { ...CALIBRATION, isotonic: { predicted: CALIBRATION.grid } }, 'isotonic, predicted'],
    [
      'drift.json',
      { ...DRIFT, benjamini_hochberg: { pvalues: [0.01], adjusted: [0.02] } },
      'Benjamini-Hochberg adjusted p-values',
    ],
    ['xgboost-binary.json', { ...binary, shap: binary.shap.toReversed() }, 'SHAP values'],
    ['xgboost-binary.json', { ...binary, prediction: binary.prediction.slice(1) }, 'prediction'],
  ])('finds a wrong number in %s', async (name, content, quantity) => {
    await using folder = await folderOf({ ...ALL, [name]: content })
    const report = await compareFolder(folder.path)
    const wrong = report.comparisons.filter(({ ok }) => !ok)
    expect(wrong.map((comparison) => comparison.quantity)).toContain(quantity)
    expect(wrong.every(({ file }) => file === name)).toBe(true)
    expect(agrees(report)).toBe(false)
  })

  test.each([
    ['a field', 'odds.json', { ...ODDS, parlay: [] }, 'parlay is not understood'],
    [
      'a field of a row',
      'odds.json',
      { ...ODDS, kelly: [{ ...ODDS.kelly[0], half: 1 }] },
      'kelly.0.half is not understood',
    ],
    ['a file', 'survival.json', {}, 'a file that is not understood'],
  ])('does not pass over %s that it does not understand', async (_, file, content, message) => {
    await using folder = await folderOf({ ...ALL, [file]: content })
    const report = await compareFolder(folder.path)
    expect(report.complaints).toEqual([{ file, message }])
    expect(report.comparisons).toHaveLength(42)
    expect(agrees(report)).toBe(false)
  })

  test.each([
    ['is not JSON', 'odds.json', '{'],
    ['lacks a quantity', 'metrics.json', { ...METRICS, regression: undefined }],
    ['holds a model that is refused', 'xgboost-binary.json', { ...binary, model: {} }],
  ])('complains of a file that %s, and goes on', async (_, name, content) => {
    await using folder = await folderOf({ ...ALL, [name]: content })
    const report = await compareFolder(folder.path)
    expect(report.complaints.map(({ file }) => file)).toEqual([name])
    expect(new Set(report.comparisons.map(({ file }) => file)).size).toBe(4)
    expect(agrees(report)).toBe(false)
  })
})

describe('compare', () => {
  test('lets NaN match NaN alone', () => {
    expect(compare('', [Number.NaN], [Number.NaN], { size: 0 }).ok).toBe(true)
    expect(compare('', [1], [Number.NaN], { size: 9 }).ok).toBe(false)
    expect(compare('', [Number.NaN], [1], { size: 9 }).ok).toBe(false)
  })

  test('finds no agreement in lists of different lengths, nor in none', () => {
    expect(compare('', [1, 2], [1], { size: 9 }).ok).toBe(false)
    expect(compare('', [1], [1, 2], { size: 9 }).ok).toBe(false)
    expect(compare('', [], [], { size: 9 }).ok).toBe(false)
  })

  test('allows the share of the largest number where that is more', () => {
    const tolerance = { size: 1e-6, ofLargest: 1e-3 }
    expect(compare('', [1.5, -1000], [1, -1000], tolerance)).toMatchObject({ allowed: 1, ok: true })
    expect(compare('', [1.5], [1], tolerance)).toMatchObject({ allowed: 1e-3, ok: false })
  })
})

describe('npm run verify:golden', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['test/verify/golden.ts', ...args], { encoding: 'utf8', timeout: 30_000 })

  test('exits 0 with a table where all agrees', async () => {
    await using folder = await folderOf(ALL)
    const { status, stdout } = run('--dir', folder.path)
    expect(stdout).toMatch(/odds\.json +Kelly fraction +1 +\S+ +1\.0e-9 +ok/)
    expect(stdout).toMatch(/numbers of 42 quantities compared, 0 beyond their tolerance/)
    expect(status).toBe(0)
  })

  test('exits 1 with a report in JSON where something does not', async () => {
    await using folder = await folderOf({ 'odds.json': { ...ODDS, more: 1 } })
    const { status, stdout } = run('--json', '--dir', folder.path)
    expect(JSON.parse(stdout)).toMatchObject({ agrees: false, complaints: [{ file: 'odds.json' }] })
    expect(status).toBe(1)
  })

  test('exits 1 where there was nothing to compare', async () => {
    await using folder = await folderOf({})
    const { status, stdout } = run('--dir', folder.path)
    expect(stdout).toContain('nothing was compared')
    expect(status).toBe(1)
  })

  test.each([[['--dir', '/nowhere/at/all']], [[]], [['--dri', 'x']]])('exits 2 on %j', (args) => {
    const { status, stderr } = run(...args)
    expect(stderr).toMatch(/^verify:golden: .+/)
    expect(status).toBe(2)
  })

  test('explains itself', () => {
    const { status, stdout } = run('--help')
    expect(stdout).toContain('--dir DIR')
    expect(status).toBe(0)
  })
})
