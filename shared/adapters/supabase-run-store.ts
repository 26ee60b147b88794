import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { UpstreamError } from '../kernel/errors.ts'
import type { RunStore } from '../usecases/run-ports.ts'
import { dataOf } from './supabase-client.ts'

const TABLE = 'pipeline_runs'
const COLUMNS = 'id,sequence,trigger,mode,verdict,started_at,finished_at,bets'

const rowSchema = z.object({
  id: z.string(),
  sequence: z.int(),
  trigger: z.string(),
  mode: z.string(),
  verdict: z.enum(['passed', 'quality_gate_failed']),
  started_at: z.string(),
  finished_at: z.string(),
  bets: z.int(),
})

/** A {@link RunStore} in Supabase's table `pipeline_runs`. */
export function supabaseRunStore(client: SupabaseClient): RunStore {
  return {
    async record(manifest) {
      const { runId, sequence, trigger, mode, verdict, startedAt, finishedAt, bets } = manifest
      const columns = { sequence, trigger, mode, verdict, started_at: startedAt, finished_at: finishedAt, bets }
      dataOf(await client.from(TABLE).upsert({ id: runId, ...columns, manifest }))
    },
    async latest(limit) {
      const newest = client.from(TABLE).select(COLUMNS).order('started_at', { ascending: false }).order('id')
      const parsed = z.array(rowSchema).safeParse(dataOf(await newest.limit(limit)))
      if (!parsed.success) throw new UpstreamError('Supabase', 'a run is not of our schema', { retryable: false })
      return parsed.data.map(({ id, started_at, finished_at, ...rest }) => ({
        runId: id,
        startedAt: new Date(started_at).toISOString(),
        finishedAt: new Date(finished_at).toISOString(),
        ...rest,
      }))
    },
  }
}
