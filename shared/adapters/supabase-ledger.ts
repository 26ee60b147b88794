import type { SupabaseClient } from '@supabase/supabase-js'
import type { ImportStore, QuarantineStore } from '../usecases/ledger-ports.ts'
import type { BetQueries } from '../usecases/ledger-queries.ts'
import type { OpportunityStore } from '../usecases/opportunity-ports.ts'
import type { SyncStore } from '../usecases/sync-store.ts'
import { supabaseBetQueries } from './supabase-bet-queries.ts'
import { supabaseImportStore } from './supabase-import-store.ts'
import { supabaseOpportunityStore } from './supabase-opportunity-store.ts'
import { supabaseQuarantineStore } from './supabase-quarantine-store.ts'
import { supabaseSyncStore } from './supabase-sync-store.ts'

/** What the API asks of the database; no prediction and no score does. */
export interface LedgerAccess {
  ledger: SyncStore
  imports: ImportStore
  quarantine: QuarantineStore
  bets: BetQueries
  opportunities: OpportunityStore
}

/** The ports of the API's ledger, opened anew with each request: they are a few closures over one client. */
export function supabaseLedger(openClient: () => Promise<SupabaseClient>): () => Promise<LedgerAccess> {
  return async () => {
    const client = await openClient()
    return {
      ledger: supabaseSyncStore(client),
      imports: supabaseImportStore(client),
      quarantine: supabaseQuarantineStore(client),
      bets: supabaseBetQueries(client),
      opportunities: supabaseOpportunityStore(client),
    }
  }
}
