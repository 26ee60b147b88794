import { setImmediate as nextTurn } from 'node:timers/promises'
import { UpstreamError } from '../../shared/kernel/errors.ts'
import type { SourceRecord } from '../../shared/usecases/sync-ports.ts'
import { shuffled } from './bets.ts'
import type { MemoryChangeSource } from './memory-change-source.ts'

/** How a source may answer one request for a page. */
export type Whim = 'well' | 'late' | 'again' | 'disordered' | 'short' | 'skipping' | 'empty' | 'failing'

/**
 * A source that answers its n-th request for a page after the n-th whim, and well when there is none left: `again` is the
 * page before once more, `short` lacks the page's first record, `skipping` is the page after the one asked for.
 */
export function unrulySource(source: MemoryChangeSource, whims: readonly Whim[]): MemoryChangeSource {
  let asked = 0
  let last: SourceRecord[] = []
  return {
    ...source,
    async page(window, after) {
      const whim = whims[asked++] ?? 'well'
      if (whim === 'failing') throw new UpstreamError('source', '503')
      if (whim === 'late') for (let turns = 0; turns < 5; turns++) await nextTurn()
      if (whim === 'empty') return []
      if (whim === 'again' && last.length > 0) return last
      const page = await source.page(window, after)
      last = page
      if (whim === 'disordered') return shuffled(page, asked)
      if (whim === 'short') return page.slice(1)
      const next = whim === 'skipping' ? await source.page(window, page.at(-1) ?? after) : []
      return next.length > 0 ? next : page
    },
  }
}
