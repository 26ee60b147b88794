import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { supabaseBetStore } from '../../shared/adapters/supabase-bet-store.ts'
import { UpstreamError } from '../../shared/kernel/errors.ts'
import { bet } from '../support/bets.ts'
import type { TestSupabase } from '../support/embedded-supabase.ts'
import { openSupabase, startTestSupabase, TEST_KEYS } from '../support/embedded-supabase.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const TABLES = ['bets', 'imports', 'quarantine'] as const

let supabase: TestSupabase

beforeAll(async () => {
  supabase = await startTestSupabase()
  await supabaseBetStore(supabase.client).save([bet({ id: 'kept' })])
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
    await expect(bets.save([bet()])).rejects.toMatchObject({ vendor: 'Supabase', retryable: false })
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
