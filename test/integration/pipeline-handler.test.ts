import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { duckdbLakeStore } from '../../shared/adapters/duckdb-lake-store.ts'
import { s3FileTransfer } from '../../shared/adapters/s3-file-transfer.ts'
import { s3ObjectStore } from '../../shared/adapters/s3-object-store.ts'
import { supabaseBetStore } from '../../shared/adapters/supabase-bet-store.ts'
import type { TestSupabase } from '../support/embedded-supabase.ts'
import { startTestSupabase, TEST_KEYS } from '../support/embedded-supabase.ts'
import type { LocalS3 } from '../support/local-s3.ts'
import { localS3 } from '../support/local-s3.ts'
import { betsInLake } from '../support/pipeline-deps.ts'
import { simulatedLedger } from '../support/simulated-ledgers.ts'

type Handler = typeof import('../../functions/pipeline/handler.ts').handler

const BETS = simulatedLedger().slice(0, 300)

/** The function as it is deployed, against a real S3 server and a real Supabase; the vault and the bus are doubles. */
describe('the pipeline handler', () => {
  const vault = mockClient(SSMClient)
  const bus = mockClient(EventBridgeClient)
  let s3: LocalS3
  let supabase: TestSupabase
  let bucket: string
  let handler: Handler
  const lines: string[] = []

  beforeAll(async () => {
    s3 = await localS3()
    supabase = await startTestSupabase()
    bucket = await s3.bucket()
    vault.on(GetParameterCommand).resolves({ Parameter: { Value: TEST_KEYS.secretKey } })
    bus.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] })
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
      lines.push(String(line))
      return true
    })
    vi.stubEnv('ARTEFACT_BUCKET', bucket)
    vi.stubEnv('SUPABASE_URL', supabase.url)
    vi.stubEnv('SUPABASE_KEY_PARAMETER', '/closeline/supabase-key')
    vi.stubEnv('EVENT_BUS', 'closeline')
    vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.url)
    vi.stubEnv('AWS_REGION', 'eu-central-1')
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'S3RVER')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'S3RVER')
    vi.stubEnv('AWS_REQUEST_CHECKSUM_CALCULATION', 'when_required')
    handler = (await import('../../functions/pipeline/handler.ts')).handler
    await supabaseBetStore(supabase.client).save(BETS, { importId: null })
  })

  /** The report of the whole pipeline. */
  async function run(payload: object) {
    const report = await handler(payload)
    if ('counts' in report) return report
    throw new Error('features alone were made')
  }

  afterAll(async () => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
    await supabase[Symbol.asyncDispose]()
    await s3[Symbol.asyncDispose]()
  })

  it('writes the ledger to S3 as Parquet, tells the bus, and leaves the online snapshots', async () => {
    const report = await run({})
    expect(report).toMatchObject({ trigger: 'schedule', mode: 'incremental', sequence: 1, bets: 300 })
    expect(report.counts).toMatchObject({ received: 300, inserted: 300 })
    const objects = s3ObjectStore(s3.client, bucket)
    const lake = duckdbLakeStore(s3FileTransfer(s3.client, bucket))
    expect(await betsInLake({ objects, lake })).toEqual(BETS)
    expect(await objects.list('lake/athena/')).not.toEqual([])
    expect(await objects.get('online/features.json')).toBeDefined()
    expect(await objects.get('online/performance.json')).toBeDefined()
    const told = bus.commandCalls(PutEventsCommand).flatMap(({ args }) => args[0].input.Entries ?? [])
    expect(told.map(({ DetailType }) => DetailType)).toContain('PipelineCompleted')
    expect(told.every(({ EventBusName, Source }) => EventBusName === 'closeline' && Source === 'closeline')).toBe(true)
  })

  it('takes in what has changed since, deletions too', async () => {
    const [first, second] = BETS
    await supabase.client
      .from('bets')
      .delete()
      .eq('id', first?.id ?? '')
    const changed = BETS.filter(({ id }) => id === second?.id).map((bet) => ({ ...bet, league: 'Another' }))
    await supabaseBetStore(supabase.client).save(changed, { importId: null })
    const report = await run({ trigger: 'test' })
    expect(report).toMatchObject({ sequence: 2, bets: 299 })
    expect(report.counts).toMatchObject({ updated: 1, deleted: 1, inserted: 0 })
  })

  it('logs its metrics as lines of their own, and never the key', () => {
    const metrics = lines.filter((line) => line.startsWith('{"_aws":'))
    expect(metrics.some((line) => line.includes('"schema_pass_rate":100'))).toBe(true)
    expect(metrics.every((line) => line.endsWith('}\n'))).toBe(true)
    expect(lines.filter((line) => line.includes(TEST_KEYS.secretKey))).toEqual([])
  })

  it('makes all features anew where the schedule asks for features alone, and reads no bet for it', async () => {
    const before = await s3ObjectStore(s3.client, bucket).list('lake/')
    const report = await handler({ task: 'features' })
    expect(report).toMatchObject({ betsMade: 299 })
    expect('counts' in report).toBe(false)
    expect((await s3ObjectStore(s3.client, bucket).list('lake/')).length).toBeGreaterThan(before.length)
  })

  it('refuses a payload that no schedule sends', async () => {
    await expect(handler({ mode: 'everything' })).rejects.toThrow('mode')
  })
})
