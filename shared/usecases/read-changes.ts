import { UpstreamError } from '../kernel/errors.ts'
import type { Sleep } from '../kernel/ports.ts'
import type { ChangePosition } from '../lake/state.ts'
import { withRetries } from './retry.ts'

/** What a source tells of one row: enough to follow it through time. */
interface Change {
  id: string
  updatedAt: string
  updatedAtUs: number
}

/** What happened while a source was read, for the report: a clean read has zeros but for pages and records. */
export interface ReadReport {
  pages: number
  /** Distinct records of the last whole pass. */
  records: number
  /** Records that came once more within a pass: pages sent twice, or overlapping. */
  repeatedRecords: number
  /** Pages whose records did not come in order. */
  disorderedPages: number
  /** Requests tried again. */
  retries: number
  /** Passes begun anew because fewer records came than there are. */
  rereads: number
}

export function emptyReadReport(): ReadReport {
  return { pages: 0, records: 0, repeatedRecords: 0, disorderedPages: 0, retries: 0, rereads: 0 }
}

/** How to ask for the changes of one window. */
export interface ChangeFeed<T extends Change> {
  page(after: ChangePosition | null): Promise<T[]>
  /** Exact count of the window's records up to and including a position; undefined where the feed is not counted. */
  count?(upTo: ChangePosition | null): Promise<number>
  /** Exact count of the records after a position; undefined where the feed is not counted. */
  remaining?(after: ChangePosition | null): Promise<number>
}

/** Passes over a window before a source that answers short is given up. */
const PASSES = 3

/**
 * Reads a window to its end, page after page, and yields what is new in each with the position reached.
 *
 * Trusts no page: it may come late, twice, out of order or short. Records already read in this pass are left out; the
 * next page is asked for after the newest record seen, never by offset; and at the end as many distinct records must
 * have been read as the source counts up to there, or the pass is repeated (yielding records again, which a merge
 * bears).
 *
 * @throws {UpstreamError} where a request fails three times, pages make no progress, or three passes come up short
 */
export async function* readChanges<T extends Change>(
  deps: { sleep: Sleep },
  feed: ChangeFeed<T>,
  begunAt: PassProgress | null,
  report: ReadReport,
): AsyncGenerator<{ records: T[]; progress: PassProgress }, void> {
  for (let pass = 1; ; pass++) {
    const seen = createPass(pass === 1 ? begunAt : null)
    for (;;) {
      const page = await nextPage(deps, feed, seen, report)
      if (page === undefined) break
      yield page
    }
    report.records = seen.progress()?.records ?? 0
    if (await isWhole(deps, feed, seen, report)) return
    if (pass === PASSES) {
      throw new UpstreamError('source', `${report.records} records were read, and it counts more: it answers short`)
    }
    report.rereads++
  }
}

/** The next page's new records; undefined at the end. */
async function nextPage<T extends Change>(
  deps: { sleep: Sleep },
  feed: ChangeFeed<T>,
  seen: Pass,
  report: ReadReport,
): Promise<{ records: T[]; progress: PassProgress } | undefined> {
  const onRetry = () => {
    report.retries++
  }
  return withRetries(
    deps.sleep,
    async () => {
      const page = await feed.page(seen.progress()?.position ?? null)
      report.pages++
      if (page.length === 0) {
        await assertEnd(feed, seen)
        return undefined
      }
      const sorted = inOrder(page)
      const isDisordered = sorted !== page
      if (isDisordered) report.disorderedPages++
      const records = sorted.filter((record) => seen.take(record, isDisordered))
      report.repeatedRecords += page.length - records.length
      const progress = seen.progress()
      if (records.length === 0 || progress === null) {
        throw new UpstreamError('source', `a page of ${page.length} records brings none that is new`)
      }
      return { records, progress }
    },
    onRetry,
  )
}

/** An empty page is the end only where nothing comes after it: it may have been lost on its way. */
async function assertEnd<T extends Change>(feed: ChangeFeed<T>, seen: Pass): Promise<void> {
  const left = (await feed.remaining?.(seen.progress()?.position ?? null)) ?? 0
  if (left > 0) throw new UpstreamError('source', `a page was empty, and ${left} records come after it`)
}

async function isWhole<T extends Change>(
  deps: { sleep: Sleep },
  feed: ChangeFeed<T>,
  seen: Pass,
  report: ReadReport,
): Promise<boolean> {
  const { count } = feed
  if (count === undefined) return true
  const onRetry = () => {
    report.retries++
  }
  // Rows only ever leave the stretch that was read, by changing or being deleted, so there are never more than were read.
  const there = await withRetries(deps.sleep, () => count(seen.progress()?.position ?? null), onRetry)
  return (seen.progress()?.records ?? 0) >= there
}

/** The same array where it is in order of change time; ids are compared by the source alone, whose collation is its own. */
function inOrder<T extends Change>(page: T[]): T[] {
  const isSorted = page.every((record, i) => i === 0 || (page[i - 1] as T).updatedAtUs <= record.updatedAtUs)
  return isSorted ? page : page.toSorted((a, b) => a.updatedAtUs - b.updatedAtUs)
}

/** How far a pass has come; kept by a run, so that one after it can go on from there. */
export interface PassProgress {
  position: ChangePosition
  /** Distinct records from the window's beginning to here. */
  records: number
  /**
   * Ids read at the position's time where they came in disorder: some may come after the position, and must not be
   * counted twice. Empty where they came in order.
   */
  ties: string[]
}

/** What has been read in one pass. */
interface Pass {
  /** Takes a record in; false where it was there already. */
  take(record: Change, isDisordered: boolean): boolean
  /** Null before the first record. */
  progress(): PassProgress | null
}

function createPass(begunAt: PassProgress | null): Pass {
  let progress: Omit<PassProgress, 'ties'> | null = begunAt
  // Ids read at the newest time: only there can a record be new and not newer.
  let ties = new Set(begunAt === null ? [] : [begunAt.position.id, ...begunAt.ties])
  let areDisordered = (begunAt?.ties.length ?? 0) > 0
  return {
    take({ id, updatedAt, updatedAtUs }, isDisordered) {
      const newestUs = progress?.position.updatedAtUs ?? Number.NEGATIVE_INFINITY
      if (updatedAtUs < newestUs) return false
      if (updatedAtUs > newestUs) {
        ties = new Set()
        areDisordered = false
      }
      areDisordered ||= isDisordered
      if (ties.has(id)) return false
      ties.add(id)
      progress = { position: { updatedAt, updatedAtUs, id }, records: (progress?.records ?? 0) + 1 }
      return true
    },
    progress: () => (progress === null ? null : { ...progress, ties: areDisordered ? [...ties] : [] }),
  }
}
