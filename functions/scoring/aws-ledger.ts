import type { LedgerAccess } from '../../shared/adapters/supabase-ledger.ts'

/**
 * Opens the ledger: the client's code is read with the first request that needs the database, which no score does.
 *
 * @param readKey  gives the database's key; its failure is the caller's
 * @param onSeen   told after each request whether the database answered it
 */
export function lazyLedger(
  url: string,
  readKey: () => Promise<string>,
  onSeen: (isReachable: boolean) => void,
): () => Promise<LedgerAccess> {
  let opening: Promise<() => Promise<LedgerAccess>> | undefined
  async function load() {
    const [{ lazySupabaseClient }, { supabaseLedger }] = await Promise.all([
      import('../../shared/adapters/supabase-client.ts'),
      import('../../shared/adapters/supabase-ledger.ts'),
    ])
    return supabaseLedger(lazySupabaseClient(url, readKey, onSeen))
  }
  return async function openLedger() {
    opening ??= load()
    return (await opening)()
  }
}
