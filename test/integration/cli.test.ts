import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { duckdbLakeStore } from '../../shared/adapters/duckdb-lake-store.ts'
import { fileObjectStore } from '../../shared/adapters/file-object-store.ts'
import { fileTransfer } from '../../shared/adapters/file-transfer.ts'
import { FEATURES } from '../../shared/features/registry.ts'
import { manifestSchema } from '../../shared/registry/manifest.ts'
import { seedDataDirectory } from '../support/database-template.ts'
import { contentsOf, expectWhole } from '../support/lake-audit.ts'
import { writeLedgerCsv } from '../support/ledger-csv.ts'
import { closeline, runProduct } from '../support/product-process.ts'
import { simulatedLedger } from '../support/simulated-ledgers.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

describe('closeline', () => {
  const bets = simulatedLedger()
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let data: string
  let csv: string

  beforeAll(async () => {
    folder = await temporaryFolder()
    data = join(folder.path, 'data')
    await seedDataDirectory(data)
    csv = await writeLedgerCsv(join(folder.path, 'bets.csv'), bets, [',,,,,,,,,,,,,'])
  })

  afterAll(() => folder[Symbol.asyncDispose]())

  /** Runs a command to its successful end and gives what it printed as JSON. */
  async function json(...args: string[]): Promise<Record<string, unknown>> {
    const { code, stdout, stderr } = await closeline(...args, '--json')
    expect([code, stderr.includes('closeline:')]).toEqual([0, false])
    return JSON.parse(stdout) as Record<string, unknown>
  }

  it('imports a file into a new data directory and tells what it refused', async () => {
    const report = await json('import', csv, '--data', data)
    expect(report).toMatchObject({
      rowsRead: 1501,
      rowsImported: 1500,
      rowsUnchanged: 0,
      rowsQuarantined: 1,
      bets: 1500,
    })
    expect(report).toMatchObject({ rejections: [{ line: 1502, reason: 'missing_id', field: 'id' }] })
  })

  it('can be killed while it runs the pipeline', async () => {
    await cp(data, join(folder.path, 'twin'), { recursive: true })
    for (const moment of ['lake/unfinished', 'lake/runs']) await killOnce(data, moment)
  })

  it('learns nothing from bets that fail the quality gate, and names what failed', async () => {
    const { code, stdout, stderr } = await closeline('train', '--data', data)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/failed the quality gate.*max_data_age_days/)
  })

  it('then has the lake that it would have had, had it never been killed', async () => {
    const twin = join(folder.path, 'twin')
    expect(await json('pipeline', '--data', twin)).toMatchObject({ sequence: 1, bets: 1500 })
    expect(await lakeIn(data)).toEqual(await lakeIn(twin))
  })

  it('trains on them all the same where it is told to, leaving a model that says so', async () => {
    const { served, candidate } = await json('train', '--despite-quality', '--data', data)
    const manifest = manifestSchema.parse(candidate)
    expect(manifest.ledger).toMatchObject({ bets: 1500, origin: 'own', lakeRunId: expect.any(String) })
    expect(manifest.dataQuality).toMatchObject({ passed: false })
    const files = await readdir(join(data, 'objects'), { recursive: true })
    expect(files).toContain(`models/${String(served)}/model.onnx`)
    expect(files.filter((file) => file.endsWith('.parquet')).length).toBeGreaterThan(2)
    expect(files).toEqual(
      expect.arrayContaining(['lake/current.json', 'online/features.json', 'online/performance.json']),
    )
  })

  it('lists the models and tells which of them serves', async () => {
    const { champion, models } = (await json('models', '--data', data)) as {
      champion: { version: string }
      models: { version: string }[]
    }
    expect(models.map(({ version }) => version)).toContain(champion.version)
  })

  it('runs the pipeline, and has nothing to do the second time', async () => {
    expect(await json('pipeline', '--data', data)).toMatchObject({ bets: 1500, counts: { inserted: 0, updated: 0 } })
  })

  it('tells how far the ledger was read, what the lake holds and how sound it is', async () => {
    const { sources, runs } = await json('sync', '--status', '--data', data)
    expect(sources).toMatchObject({ 'supabase:bets': { changesTaken: 1500 } })
    expect(runs).not.toHaveLength(0)
    expect(await json('lake', '--data', data)).toMatchObject({ bets: 1500 })
    const page = join(folder.path, 'quality.html')
    expect(await json('quality', '--html', page, '--data', data)).toMatchObject({ bets: 1500, passed: false })
    expect(await readFile(page, 'utf8')).toContain('<svg')
  })

  it('makes the features, tells their layer, and explains the vector of a bet', async () => {
    const made = await json('materialize', '--full', '--data', data)
    expect(made).toMatchObject({ betsMade: 1500, betsLeftOut: 0, tableRows: { feature_metadata: FEATURES.length } })
    const asked = {
      sport: 'Basketball',
      league: 'NBA',
      market: 'Moneyline',
      institution_name: 'DraftKings',
      odds: -110,
    }
    const explained = await json('features', '--bet', JSON.stringify(asked), '--data', data)
    expect(explained.features).toHaveLength(FEATURES.length)
    expect(explained.features).toContainEqual(
      expect.objectContaining({ name: 'sport_count', value: expect.any(Number), staleAs: null }),
    )
  })

  it('follows a bet back to the file that it came in', async () => {
    const { subject, imports } = await json('lineage', `bet:${bets[0]?.id}`, '--data', data)
    expect(subject).toMatchObject({ kind: 'processed' })
    expect(imports).toMatchObject([{ fileName: 'bets.csv', rowsRead: 1501 }])
  })

  it('evaluates a file walking forward, without a data directory', async () => {
    const { folds, mean } = (await json('evaluate', '--bets', csv, '--folds', '2')) as {
      folds: Record<string, unknown>[]
      mean: Record<string, Record<string, number>>
    }
    expect(folds).toHaveLength(2)
    for (const scores of [...folds, mean]) {
      for (const contender of ['model', 'implied', 'recalibrated_implied']) {
        expect(Object.keys(scores[contender] as object)).toEqual(['n', 'logLoss', 'brier', 'auc', 'ece'])
      }
    }
  })

  it('refuses what is wrong in one line with exit code 2', async () => {
    const unknown = join(folder.path, 'unknown.csv')
    await writeFile(unknown, 'a,b\n1,2\n')
    const foreign = join(folder.path, 'foreign')
    await mkdir(foreign)
    await writeFile(join(foreign, 'thesis.doc'), 'mine')
    const refusals: [args: string[], sentence: RegExp][] = [
      [['evaluate', '--bets', join(folder.path, 'absent.csv')], /^closeline: .*absent\.csv: there is no such file\n$/],
      [['evaluate', '--bets', unknown], /^closeline: .*unknown\.csv: .+\n$/],
      [['evaluate', '--bets', csv, '--folds', '0'], /from 1 to 40 folds/],
      [['models', '--data', foreign], /^closeline: .*holds other files and is no Closeline data directory/],
      [['predict'], /unknown command 'predict'/],
      [['quarantine', '--limit', '0'], /from 1 to 1000 rows/],
      [['quarantine', 'retry', '--raw', 'x', '--file', csv], /cannot be used with option/],
    ]
    const answers = await Promise.all(refusals.map(([args]) => closeline(...args)))
    for (const [i, { code, stdout, stderr }] of answers.entries()) {
      expect([refusals[i]?.[0], code, stdout]).toEqual([refusals[i]?.[0], 2, ''])
      expect(stderr.replace(/^Reading .*\n/, '')).toMatch(refusals[i]?.[1] ?? '')
    }
    expect(await readdir(foreign)).toEqual(['thesis.doc'])
  })

  it('shows its help with exit code 0', async () => {
    const { code, stdout } = await closeline('--help')
    expect(code).toBe(0)
    for (const command of ['import', 'quarantine', 'train', 'models', 'evaluate']) expect(stdout).toContain(command)
  })
})

/** Starts the pipeline and kills it soon after there is such a folder among the objects, if it has not ended by then. */
async function killOnce(data: string, moment: string): Promise<void> {
  await using pipeline = runProduct('closeline.ts', ['pipeline', '--data', data])
  const isOver = pipeline.finished.then(() => true)
  while (!existsSync(join(data, 'objects', moment)) && !(await Promise.race([isOver, sleep(2, false)])));
  await sleep(60 * Math.random())
  pipeline.kill('SIGKILL')
}

/** What the lake of a data directory holds, byte for byte. */
async function lakeIn(data: string) {
  const root = join(data, 'objects')
  const objects = fileObjectStore(root)
  const { partitions, keys, versions } = await contentsOf(objects, duckdbLakeStore(fileTransfer(root)))
  await expectWhole(objects)
  return { partitions, keys, versions }
}
