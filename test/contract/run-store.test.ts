import { describe } from 'vitest'
import { memoryRunStore } from '../support/memory-run-store.ts'
import { describeRunStore } from './run-store.ts'

/** The same suite asks the table in Supabase, in `test/integration/supabase.test.ts`, where a server stands already. */
describe('a store of runs in memory', () => {
  const runs = memoryRunStore()
  describeRunStore(() => runs)
})
