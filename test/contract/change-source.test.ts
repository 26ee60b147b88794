import { describe } from 'vitest'
import { updatedAtUs } from '../../shared/bets/records/record.ts'
import { bet } from '../support/bets.ts'
import { memoryChangeSource } from '../support/memory-change-source.ts'
import type { TestTable } from './change-source.ts'
import { describeChangeSource } from './change-source.ts'

/** The same suite asks the table in Supabase, in `test/integration/supabase.test.ts`, where a server stands already. */
describe('a source of changes in memory', () => {
  let source = memoryChangeSource()
  const table: TestTable = {
    get source() {
      return source
    },
    insert: async (rows) => {
      for (const { id, sport = null, at } of rows) source.save([bet({ id, sport })], updatedAtUs(at))
    },
    recordDeletions: async (rows) => {
      for (const { id, at } of rows) source.remove([id], updatedAtUs(at))
    },
    clear: async () => {
      source = memoryChangeSource()
    },
  }
  describeChangeSource(() => table)
})
