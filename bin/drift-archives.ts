import { hyparquetDriftTable } from '../shared/adapters/hyparquet-drift-table.ts'
import { supabaseServiceClient } from '../shared/adapters/supabase-client.ts'
import { supabaseDriftStore } from '../shared/adapters/supabase-drift-store.ts'
import type { DriftArchive } from '../shared/usecases/drift-ports.ts'
import type { Workspace } from './workspace/workspace.ts'

/** Where drift reports are kept beside their JSON, as on AWS: the lake and the database. */
export function driftArchives({ objects, supabaseUrl, directory }: Workspace): DriftArchive[] {
  const client = supabaseServiceClient(supabaseUrl, directory.keys.secretKey)
  return [hyparquetDriftTable(objects), supabaseDriftStore(client)]
}
