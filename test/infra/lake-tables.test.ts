import { App } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SAVED_QUERIES } from '../../lib/data/saved-queries.ts'
import type { LakeTable } from '../../lib/data/tables.ts'
import { LAKE_TABLES } from '../../lib/data/tables.ts'
import { DataStack } from '../../lib/data-stack.ts'
import { readStage } from '../../lib/stages.ts'
import { FEATURE_NAMES } from '../../shared/features/registry.ts'
import { ATHENA_PREFIX, FIRST_ATHENA_MONTH } from '../../shared/lake/athena.ts'
import type { ServedPrediction } from '../../shared/performance/served-prediction.ts'
import { PREDICTION_LOG_PREFIX, servedPredictionSchema } from '../../shared/performance/served-prediction.ts'
import { analystsLake, keepPredictions, takeIn } from '../support/analysts-lake.ts'
import { alertRow, driftOf, keepAlerts, keepDrift } from '../support/analysts-rows.ts'
import type { AthenaTwin } from '../support/athena-twin.ts'
import { athenaTwin, DUCKDB_TYPES } from '../support/athena-twin.ts'
import { bet } from '../support/bets.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const NOW_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS + 12 * HOUR_MS
/** Noon of the day before yesterday. */
const PLACED_MS = NOW_MS - 2 * DAY_MS

/** A bet on Basketball placed the day before yesterday, at 2.00. */
const placed = (id: string, fields: Parameters<typeof bet>[0] = {}) =>
  bet({ id, placedAtMs: PLACED_MS, settledAtMs: PLACED_MS + 3 * HOUR_MS, ...fields })

/** Won 10 and lost 20 of 30 staked in dollars; won 5 of 5 in euros; one still open; one of long ago without a price. */
const BETS = [
  placed('won', { closingLineValue: 0.04 }),
  placed('lost', { state: 'lost', stakeMinor: 2000, profitMinor: -2000, closingLineValue: -0.02 }),
  placed('euros', { stakeMinor: 500, profitMinor: 500, currency: 'EUR', book: 'FanDuel', closingLineValue: 0.01 }),
  placed('open', { state: 'open', profitMinor: null, settledAtMs: null }),
  placed('old', { sport: null, decimalOdds: null, placedAtMs: Date.UTC(2024, 0, 5), settledAtMs: null }),
]

function served(id: string, at: number, fields: Partial<ServedPrediction> = {}): ServedPrediction {
  return servedPredictionSchema.parse({
    ...{ format: 'closeline-prediction/1', id, requestId: `of-${id}`, index: 0, keyId: 'k1' },
    ...{ at: new Date(at).toISOString(), modelVersion: 'blend-1', functionVersion: '7', origin: 'own' },
    ...{ sport: 'Basketball', league: 'NBA', market: 'Player Points', book: 'DraftKings', betType: 'straight' },
    ...{ isLive: false, decimalOdds: 2, clvPct: null, features: { market_log_odds: 0, is_live: null } },
    ...{ winProbability: 0.55, expectedReturn: 0.1, confidence: 0.8, grade: 'A', staleFeatures: ['x'], latencyMs: 2 },
    ...fields,
  })
}

/** One early and one late that belong to the bets of DraftKings, one too early, one of another book's price. */
const PREDICTIONS = [
  served('early', PLACED_MS - 5 * HOUR_MS, { winProbability: 0.25 }),
  served('late', PLACED_MS - HOUR_MS),
  served('too-early', PLACED_MS - 25 * HOUR_MS, { book: 'FanDuel', winProbability: 0.95 }),
  served('canary', NOW_MS - HOUR_MS, { functionVersion: '8', modelVersion: 'blend-2', grade: 'C', latencyMs: 4 }),
]

const ALERTS = [
  alertRow('m1', NOW_MS),
  alertRow('m2', NOW_MS, { attempts: 3 }),
  alertRow('m3', NOW_MS, { outcome: 'lost', cause: 'refused' }),
]

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let athena: AthenaTwin

beforeAll(async () => {
  folder = await temporaryFolder()
  const deps = analystsLake(folder.path)
  await takeIn(deps, [...BETS, placed('won', { stakeMinor: 99_900 })], NOW_MS - HOUR_MS)
  // What the first run said of one bet must not be seen beside what the second says.
  await takeIn(deps, BETS, NOW_MS)
  await keepPredictions(folder.path, PREDICTIONS)
  await keepAlerts(deps.objects, new Date(NOW_MS).toISOString().slice(0, 10), ALERTS)
  await keepDrift(deps.objects, 'drift_report_1.json', NOW_MS - DAY_MS, { sport: driftOf(0.9) })
  await keepDrift(deps.objects, 'drift_report_2.json', NOW_MS, {
    calm: driftOf(0),
    league: driftOf(0.1),
    sport: driftOf(0.3),
  })
  athena = await athenaTwin(folder.path, LAKE_TABLES)
})

afterAll(async () => {
  athena[Symbol.dispose]()
  await folder[Symbol.asyncDispose]()
})

describe('the tables of the lake', () => {
  it.each(LAKE_TABLES)('$name has the columns of its files, with their types', async (table: LakeTable) => {
    const expected = Object.entries(table.columns).map(([name, type]) => [name, DUCKDB_TYPES[type]])
    const found = Object.entries(await athena.columnsOf(table)).map(([name, type]) => [name.toLowerCase(), type])
    expect(found.length).toBeGreaterThan(10)
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected))
  })

  it('bets shows each bet once, as the newest state has it', async () => {
    const rows = await athena.ask('select id, month, cast(stake as double) as stake from bets order by id')
    const month = new Date(PLACED_MS).toISOString().slice(0, 7)
    expect(rows).toEqual([
      { id: 'euros', month, stake: 5 },
      { id: 'lost', month, stake: 20 },
      { id: 'old', month: '2024-01', stake: 10 },
      { id: 'open', month, stake: 10 },
      { id: 'won', month, stake: 10 },
    ])
  })

  it('features shows every bet that bets does', async () => {
    const strays = await athena.ask('select bet_id from features where bet_id not in (select id from bets)')
    expect(strays).toEqual([])
    expect(await athena.ask('select count(*)::int as n from features')).toEqual([{ n: BETS.length }])
  })

  it('features has a column for every feature of the registry', () => {
    const { columns } = LAKE_TABLES.find(({ name }) => name === 'features') ?? { columns: {} }
    expect(Object.keys(columns)).toEqual(['bet_id', 'placed_at', ...FEATURE_NAMES])
  })

  it('predictions has a column for every member of a line', () => {
    const { columns, folder: below } = LAKE_TABLES.find(({ name }) => name === 'predictions') ?? {}
    expect(Object.keys(columns ?? {})).toEqual(
      Object.keys(servedPredictionSchema.shape).map((member) => member.toLowerCase()),
    )
    expect(below).toBe(PREDICTION_LOG_PREFIX)
  })
})

describe('the saved queries', () => {
  const find = (name: string) => SAVED_QUERIES.find((query) => query.name === name)?.sql ?? ''

  it.each(SAVED_QUERIES.filter(({ portable }) => portable))('$name runs on DuckDB too', async ({ sql }) => {
    expect(Array.isArray(await athena.ask(sql))).toBe(true)
  })

  it('are named and told apart', () => {
    expect(new Set(SAVED_QUERIES.map(({ name }) => name)).size).toBe(SAVED_QUERIES.length)
    expect(SAVED_QUERIES.filter(({ portable }) => portable).length).toBeGreaterThan(5)
  })

  it('count profit per unit staked by currency, and open bets in none', async () => {
    const rows = await athena.ask(
      `select sport, currency, bets::int as bets, roi_pct from (${find('roi-by-sport-and-month')})`,
    )
    expect(rows).toEqual([
      { sport: 'Basketball', currency: 'USD', bets: 2, roi_pct: -33.33 },
      { sport: 'Basketball', currency: 'EUR', bets: 1, roi_pct: 100 },
      { sport: '(none)', currency: 'USD', bets: 1, roi_pct: 100 },
    ])
  })

  it('hold each bet against the latest prediction of the day before it', async () => {
    const rows = await athena.ask(
      `select modelversion, from_probability, bets::int as bets, predicted, won from (${find('calibration-of-what-was-served')})`,
    )
    expect(rows).toEqual([{ modelversion: 'blend-1', from_probability: 0.5, bets: 2, predicted: 0.55, won: 0.5 }])
  })

  it('show how bets fare against the closing line', async () => {
    const rows = await athena.ask(
      `select book, bets::int as bets, mean_clv_pct, beat_the_close_pct from (${find('closing-lines-by-book')})`,
    )
    expect(rows).toEqual([
      { book: 'DraftKings', bets: 2, mean_clv_pct: 1, beat_the_close_pct: 50 },
      { book: 'FanDuel', bets: 1, mean_clv_pct: 1, beat_the_close_pct: 100 },
    ])
  })

  it('show the canary beside stable', async () => {
    const rows = await athena.ask(
      `select functionversion, predictions::int as n, high_grades::int as high from (${find('versions-side-by-side')})`,
    )
    expect(rows).toEqual([{ functionversion: '8', n: 1, high: 0 }])
  })
})

describe('the query of alerts', () => {
  it('counts messages that were sent apart from those that were lost', async () => {
    const sql = SAVED_QUERIES.find(({ name }) => name === 'alerts-by-rule')?.sql ?? ''
    expect(await athena.ask(`select rule, outcome, messages::int as n, most_tries from (${sql})`)).toEqual([
      { rule: 'drift', outcome: 'sent', n: 2, most_tries: 3 },
      { rule: 'drift', outcome: 'lost', n: 1, most_tries: 1 },
    ])
  })
})

describe('the query of drift', () => {
  it('shows the latest check alone, what changed most first', async () => {
    const sql = SAVED_QUERIES.find(({ name }) => name === 'latest-drift')?.sql ?? ''
    expect(await athena.ask(`select feature, is_drifted, effect from (${sql})`)).toEqual([
      { feature: 'sport', is_drifted: true, effect: 0.3 },
      { feature: 'league', is_drifted: true, effect: 0.1 },
      { feature: 'calm', is_drifted: false, effect: 0 },
    ])
  })
})

describe('the catalogue', () => {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } })
  const template = Template.fromStack(new DataStack(app, 'Data', { stage: readStage(() => undefined) }))

  it('has every table, told from those of another stage by its database', () => {
    template.resourceCountIs('AWS::Glue::Table', LAKE_TABLES.length)
    template.allResourcesProperties('AWS::Glue::Table', { DatabaseName: 'closeline_dev' })
  })

  it('works out the months of bets, and finds the manifests where the pipeline leaves them', () => {
    for (const name of ['bets', 'features']) {
      template.hasResourceProperties('AWS::Glue::Table', {
        TableInput: Match.objectLike({
          Name: name,
          PartitionKeys: [{ Name: 'month', Type: 'string' }],
          Parameters: Match.objectLike({
            'projection.enabled': 'true',
            'projection.month.type': 'date',
            'projection.month.format': 'yyyy-MM',
            'projection.month.range': `${FIRST_ATHENA_MONTH},NOW+12MONTHS`,
            'storage.location.template': {
              'Fn::Join': ['', Match.arrayWith([`/${ATHENA_PREFIX}${name}/month=\${month}/`])],
            },
          }),
          StorageDescriptor: Match.objectLike({
            InputFormat: 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat',
            SerdeInfo: Match.objectLike({
              SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
            }),
          }),
        }),
      })
    }
  })

  it('has a folder of its own for every table', () => {
    for (const { folder: below } of LAKE_TABLES) expect(below).toMatch(/^[a-z/]+\/$/)
    expect(new Set(LAKE_TABLES.map(({ folder: below }) => below)).size).toBe(LAKE_TABLES.length)
  })

  it('saves the queries in the workgroup of the stage', () => {
    template.resourceCountIs('AWS::Athena::NamedQuery', SAVED_QUERIES.length)
    template.allResourcesProperties('AWS::Athena::NamedQuery', {
      Database: 'closeline_dev',
      WorkGroup: Match.anyValue(),
    })
  })

  it('lets no query choose its own settings or scan without a limit', () => {
    template.hasResourceProperties('AWS::Athena::WorkGroup', {
      Name: 'closeline-dev',
      WorkGroupConfiguration: {
        EnforceWorkGroupConfiguration: true,
        BytesScannedCutoffPerQuery: 20_000_000_000,
        ResultConfiguration: {
          EncryptionConfiguration: { EncryptionOption: 'SSE_S3' },
          OutputLocation: { 'Fn::Join': ['', Match.arrayWith(['/athena/results/'])] },
        },
      },
    })
  })
})
