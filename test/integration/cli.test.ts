import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manifestSchema } from '../../shared/registry/manifest.ts'
import { writeLedgerCsv } from '../support/ledger-csv.ts'
import { closeline } from '../support/product-process.ts'
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

  it('trains on the ledger, leaving a model and the lake', async () => {
    const { served, candidate } = await json('train', '--data', data)
    expect(manifestSchema.parse(candidate).ledger).toMatchObject({ bets: 1500, origin: 'own' })
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
    for (const command of ['import', 'train', 'models', 'evaluate']) expect(stdout).toContain(command)
  })
})
