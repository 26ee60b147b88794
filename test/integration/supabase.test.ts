import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { supabaseBetStore } from '../../shared/adapters/supabase-bet-store.ts'
import { supabaseChangeSource } from '../../shared/adapters/supabase-change-source.ts'
import { supabaseRunStore } from '../../shared/adapters/supabase-run-store.ts'
import type { Bet } from '../../shared/bets/bet.ts'
import { toLedgerRow } from '../../shared/bets/records/ledger-row.ts'
import { UpstreamError } from '../../shared/kernel/errors.ts'
import { describeChangeSource } from '../contract/change-source.ts'
import { describeRunStore } from '../contract/run-store.ts'
import { bet } from '../support/bets.ts'
import type { TestSupabase } from '../support/embedded-supabase.ts'
import { openSupabase, startTestSupabase, TEST_KEYS } from '../support/embedded-supabase.ts'
import { memoryLakeStore } from '../support/memory-lake-store.ts'
import { memoryObjectStore } from '../support/memory-object-store.ts'
import { betsInLake, memoryPipelineDeps, run } from '../support/pipeline-deps.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const TABLES = ['bets', 'imports', 'quarantine', 'bet_deletions', 'pipeline_runs'] as const

let supabase: TestSupabase

beforeAll(async () => {
  supabase = await startTestSupabase()
  await supabaseBetStore(supabase.client).save([bet({ id: 'kept' })], { importId: null })
})

afterAll(() => supabase[Symbol.asyncDispose]())

describe('whoever holds the publishable key', () => {
  const stranger = () => createClient(supabase.url, TEST_KEYS.publishableKey, { auth: { persistSession: false } })

  it.each(TABLES)('sees nothing of %s', async (table) => {
    const { data } = await stranger().from(table).select()
    expect(data ?? []).toEqual([])
    const { count } = await stranger().from(table).select('id', { count: 'exact', head: true })
    expect(count ?? 0).toBe(0)
  })

  it('inserts, updates and deletes no bet', async () => {
    const { data: before } = await supabase.client.from('bets').select()
    const { id: _, ...row } = before?.[0] ?? {}
    expect(
      (
        await stranger()
          .from('bets')
          .insert({ ...row, id: 'planted' })
      ).error,
    ).toMatchObject({ code: '42501' })
    await stranger().from('bets').update({ sport: 'Chess' }).eq('id', 'kept')
    await stranger().from('bets').delete().eq('id', 'kept')
    expect((await supabase.client.from('bets').select()).data).toEqual(before)
  })

  it('inserts no import', async () => {
    expect((await stranger().from('imports').insert({ id: 'planted' })).error).toMatchObject({ code: '42501' })
  })

  it('counts and resolves nothing in quarantine', async () => {
    const { client } = supabase
    const counts = { rows_read: 1, rows_imported: 0, rows_updated: 0, rows_unchanged: 0, rows_quarantined: 1 }
    const begun = { id: 'i', file_name: 'x.csv', format: 'x', started_at: '2025-03-01T00:00:00Z', ...counts }
    await client.from('imports').insert(begun)
    const refused = { id: 'q', import_id: 'i', source_kind: 'file', source_name: 'x.csv', line: 2, reason: 'r' }
    await client.from('quarantine').insert({ ...refused, detail: '', raw: '' })
    expect((await stranger().from('quarantine_counts').select()).data ?? []).toEqual([])
    const resolving = await stranger().rpc('resolve_quarantine', { resolutions: [{ id: 'q', status: 'discarded' }] })
    expect(resolving.error).toMatchObject({ code: '42501' })
    expect((await client.from('quarantine').select('status')).data).toEqual([{ status: 'waiting' }])
  })
})

describe('whoever holds a wrong key or none', () => {
  it('is refused', async () => {
    const { error, status } = await createClient(supabase.url, 'sb_secret_guessed').from('bets').select()
    expect(status).toBe(401)
    expect(error?.message).toMatch(/api ?key/i)
    expect((await fetch(`${supabase.url}/rest/v1/bets`)).status).toBe(401)
  })

  it('gets an UpstreamError of the store that says so', async () => {
    const bets = supabaseBetStore(createClient(supabase.url, 'sb_secret_guessed'))
    await expect(bets.all()).rejects.toBeInstanceOf(UpstreamError)
    await expect(bets.save([bet()], { importId: null })).rejects.toMatchObject({ vendor: 'Supabase', retryable: false })
  })
})

describe('the tables', () => {
  const insert = (fields: Record<string, unknown>) => {
    const required = { origin: 'import', state: 'won', bet_type: 'straight', is_live: false, is_free_bet: false }
    return supabase.client.from('bets').insert({ id: 'bad', ...required, placed_at: '2025-03-01T00:00:00Z', ...fields })
  }

  it.each([
    { decimal_odds: 1 },
    { stake_minor: -1 },
    { state: 'lucky' },
    { return_per_unit: -1.01 },
    { settled_at: '2025-02-28T23:59:59Z' },
    { result_known_at: '2025-02-28T23:59:59Z' },
    { currency: 'DOLLAR' },
    { id: '' },
  ])('hold no bet with %j', async (fields) => {
    expect((await insert(fields)).error?.message).toContain('violates check constraint')
  })

  it('move updated_at when a bet changes, and only then', async () => {
    const times = async () => {
      const { data } = await supabase.client.from('bets').select('imported_at,updated_at').eq('id', 'kept').single()
      return { importedAt: data?.imported_at as string, updatedAt: data?.updated_at as string }
    }
    const before = await times()
    await supabase.client.from('bets').update({ league: 'WNBA' }).eq('id', 'kept')
    const after = await times()
    expect(after.importedAt).toBe(before.importedAt)
    expect(Date.parse(after.updatedAt)).toBeGreaterThan(Date.parse(before.updatedAt))
    expect(await times()).toEqual(after)
  })
})

describe('the time at which a result was told', () => {
  const update = async (fields: Record<string, unknown>) => {
    const answer = await supabase.client.from('bets').update(fields).eq('id', 'slow').select().single()
    expect(answer.error).toBeNull()
    return answer.data as Record<string, unknown>
  }
  const INSTANT = '2025-03-05T00:00:00+00:00'

  beforeAll(async () => {
    await supabaseBetStore(supabase.client).save([bet({ id: 'slow', state: 'open' })], { importId: null })
  })
  afterAll(async () => {
    await supabase.client.from('bets').delete().eq('id', 'slow')
  })

  it('is set by the table alone, beside the time of the change', async () => {
    expect(await update({ result_known_at: INSTANT })).toMatchObject({ result_known_at: null })
    const won = await update({ state: 'won', result_known_at: INSTANT })
    const behindMs = Date.parse(String(won.updated_at)) - Date.parse(String(won.result_known_at))
    expect(behindMs).toBeGreaterThanOrEqual(0)
    expect(behindMs).toBeLessThan(1000)
    const { result_known_at } = won
    expect(await update({ result_known_at: null, league: 'WNBA' })).toMatchObject({ result_known_at })
    expect(await update({ result_known_at: INSTANT })).toMatchObject({ result_known_at })
    expect(await update({ state: 'open', result_known_at: INSTANT })).toMatchObject({ result_known_at: null })
  })
})

describe('the store of bets in Supabase', () => {
  it('reads on after ids that look like numbers too long for one', async () => {
    const ids = Array.from({ length: 1100 }, (_, i) => String(1234567890123456789n + BigInt(7 * i)))
    const bets = supabaseBetStore(supabase.client)
    await bets.save(
      ids.map((id) => bet({ id })),
      { importId: null },
    )
    const read = (await bets.all()).map(({ id }) => id)
    await supabase.client.from('bets').delete().neq('id', 'kept')
    expect(read).toEqual([...ids, 'kept'])
  })
})

describe('a source of changes in Supabase', () => {
  const clear = async () => {
    await supabase.client.from('bets').delete().neq('id', 'kept')
    await supabase.client.from('bet_deletions').delete().neq('id', '')
  }
  const insert = async (table: string, rows: readonly object[]) => {
    const { error } = await supabase.client.from(table).insert(rows)
    if (error !== null) throw new Error(error.message)
  }
  const { is_live, is_free_bet, origin, state, bet_type, placed_at } = toLedgerRow(bet())
  const required = { is_live, is_free_bet, origin, state, bet_type, placed_at }

  // The bet that the other tests keep would be one more everywhere.
  beforeAll(async () => {
    kept = (await supabase.client.from('bets').select().single()).data
    await supabase.client.from('bets').delete().eq('id', 'kept')
    await clear()
  })
  afterAll(() => insert('bets', [kept]))
  let kept: object

  describeChangeSource(() => ({
    source: supabaseChangeSource(supabase.client, { tellsDeletions: true }),
    insert: (rows) =>
      insert(
        'bets',
        rows.map(({ id, sport = null, at }) => ({ ...required, id, sport, updated_at: at })),
      ),
    recordDeletions: (rows) =>
      insert(
        'bet_deletions',
        rows.map(({ id, at }) => ({ id, deleted_at: at })),
      ),
    clear,
  }))

  it('tells no deletions where it was told that its database keeps none', () => {
    expect(supabaseChangeSource(supabase.client, { tellsDeletions: false }).deletions).toBeUndefined()
  })
})

describe('a store of runs in Supabase', () => {
  describeRunStore(() => supabaseRunStore(supabase.client))

  it('holds the whole manifest, for whoever asks the database', async () => {
    const { data } = await supabase.client.from('pipeline_runs').select('manifest').eq('id', 'run-1').single()
    expect(data?.manifest).toMatchObject({ runId: 'run-1', partitions: [{ sport: 'a"b' }], steps: [] })
  })
})

describe('the pipeline over Supabase', () => {
  const objects = memoryObjectStore()
  const lake = memoryLakeStore(objects)
  const [early, late] = [bet({ id: 'a', state: 'open', profitMinor: null, settledAtMs: null }), bet({ id: 'b' })]

  const save = (...bets: Bet[]) => supabaseBetStore(supabase.client).save(bets, { importId: null })
  const sync = (command = {}) => {
    const source = supabaseChangeSource(supabase.client, { tellsDeletions: true })
    const ports = { source, runs: supabaseRunStore(supabase.client), clock: Date.now, newId: randomUUID }
    return run({ ...memoryPipelineDeps({ objects, lake }), ...ports }, command)
  }
  const idsInLake = async () => (await betsInLake({ objects, lake })).map(({ id }) => id).sort()

  afterAll(async () => {
    await supabase.client.from('bets').delete().neq('id', 'kept')
  })

  it('takes in what was saved, settled and deleted, by the times and deletions that the database notes', async () => {
    await save(early, late)
    const first = await sync()
    expect(await idsInLake()).toEqual(['a', 'b', 'kept'])
    await save({ ...early, state: 'won', profitMinor: 1000 })
    await supabase.client.from('bets').delete().eq('id', 'b')
    const second = await sync()
    expect(second).toMatchObject({ sequence: 2, counts: { updated: 1, deleted: 1, inserted: 0 } })
    expect(await idsInLake()).toEqual(['a', 'kept'])
    expect((await betsInLake({ objects, lake })).find(({ id }) => id === 'a')?.state).toBe('won')
    await save(late)
    expect((await sync()).counts).toMatchObject({ inserted: 1, deleted: 0 })
    expect(await idsInLake()).toEqual(['a', 'b', 'kept'])
    const runs = (await supabaseRunStore(supabase.client).latest(3)).map(({ runId }) => runId)
    expect(runs).toEqual(expect.arrayContaining([first.runId, second.runId]))
  })

  it('finds by reconciling what a truncated table tells nobody', async () => {
    await supabase.client.from('bets').delete().eq('id', 'a')
    await supabase.client.from('bet_deletions').delete().eq('id', 'a')
    expect((await sync()).counts).toMatchObject({ deleted: 0 })
    expect((await sync({ mode: 'reconcile' })).counts).toMatchObject({ deleted: 1 })
    expect(await idsInLake()).toEqual(['b', 'kept'])
  })
})

describe('the embedded Supabase, started again on its folder', () => {
  it('has its data, applies no migration twice and clears away an unfinished database', async () => {
    const before = await supabaseBetStore(supabase.client).all()
    await mkdir(`${supabase.dataDir}.unfinished/base`, { recursive: true })
    await writeFile(`${supabase.dataDir}.unfinished/PG_VERSION`, '1')
    await supabase.restart()
    expect(before).toHaveLength(1)
    expect(await supabaseBetStore(supabase.client).all()).toEqual(before)
    expect(await readdir(join(supabase.dataDir, '..'))).toEqual(['supabase'])
  })
})

describe('the embedded Supabase, closed', () => {
  it('leaves the exit code of the process as it was', async () => {
    const before = process.exitCode
    try {
      process.exitCode = 3
      const other = await startTestSupabase()
      expect(process.exitCode).toBe(3)
      await other[Symbol.asyncDispose]()
      expect(process.exitCode).toBe(3)
    } finally {
      process.exitCode = before
    }
  })
})

describe('a damaged database folder', () => {
  it.each(['PG_VERSION', 'global/pg_control'])(
    'that lost %s is refused with a sentence, and is not made anew',
    async (file) => {
      await using copy = await temporaryFolder()
      await cp(supabase.dataDir, copy.path, { recursive: true })
      await rm(join(copy.path, file))
      const opening = openSupabase(copy.path)
      await expect(opening).rejects.toMatchObject({ name: 'UpstreamError', vendor: 'PGlite', retryable: false })
      const sentence = /^the database in \S+ does not open \((?!\[object).+\): it is damaged; --fresh begins anew$/
      await expect(opening).rejects.toThrow(sentence)
      expect(existsSync(join(copy.path, file))).toBe(false)
    },
  )
})
