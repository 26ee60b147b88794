import { join, resolve } from 'node:path'
import type { SupabaseClient } from '@supabase/supabase-js'
import { supabaseServiceClient } from '../../shared/adapters/supabase-client.ts'
import type { EmbeddedSupabase } from '../../shared/adapters/supabase-embedded.ts'
import { startEmbeddedSupabase } from '../../shared/adapters/supabase-embedded.ts'
import { copyDatabase } from './database-template.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const TEST_KEYS = {
  publishableKey: 'sb_publishable_test',
  secretKey: 'sb_secret_test',
  jwtSecret: 'a secret of thirty-two characters',
}

/** Opens a database folder with the product's migrations. */
export function openSupabase(dataDir: string): Promise<EmbeddedSupabase> {
  return startEmbeddedSupabase({ dataDir, migrationsDir: resolve('supabase/migrations'), keys: TEST_KEYS })
}

export interface TestSupabase extends AsyncDisposable {
  /** The database folder. */
  dataDir: string
  url: string
  /** A client with the secret key. */
  client: SupabaseClient
  /** Stops the server and starts it on the same folder. */
  restart(): Promise<void>
}

/** An embedded Supabase with empty tables. */
export async function startTestSupabase(): Promise<TestSupabase> {
  const folder = await temporaryFolder()
  const dataDir = join(folder.path, 'supabase')
  await copyDatabase(dataDir)
  let server = await openSupabase(dataDir)
  let client = supabaseServiceClient(server.url, TEST_KEYS.secretKey)
  return {
    dataDir,
    get url() {
      return server.url
    },
    get client() {
      return client
    },
    async restart() {
      await server.close()
      server = await openSupabase(dataDir)
      client = supabaseServiceClient(server.url, TEST_KEYS.secretKey)
    },
    async [Symbol.asyncDispose]() {
      await server.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}
