import { parseBetRecord } from '../bets/records/record.ts'
import type { Clock, ObjectStore, Progress, Sleep } from '../kernel/ports.ts'
import type { ChangePosition } from '../lake/state.ts'
import type { RawFile } from '../lineage/run.ts'
import type { LakeDraft, LakeStore, StagedVersion } from './lake-ports.ts'
import type { QuarantineStore } from './ledger-ports.ts'
import type { PassProgress, ReadReport } from './read-changes.ts'
import { emptyReadReport, readChanges } from './read-changes.ts'
import type { RunJournal } from './run-journal.ts'
import { writeJournal } from './run-journal.ts'
import type { ChangeSource, ChangeWindow } from './sync-ports.ts'

/** Versions in one raw file: a run that is killed has to read at most so many again. */
const PART_ROWS = 120_000

export interface CollectDeps {
  source: ChangeSource
  lake: LakeStore
  objects: ObjectStore
  quarantine: QuarantineStore
  clock: Clock
  sleep: Sleep
  progress: Progress
  /** Versions in one raw file; undefined for the default. */
  partRows?: number
}

/** What to read in one run. */
export interface ReadPlan {
  runId: string
  /** Number of the state built on. */
  base: number
  /** What is read, as text: the same text is the same read. */
  reads: string
  changes: ChangeWindow
  /** Null where deletions are not asked for. */
  deletions: ChangeWindow | null
  kind: RawFile['kind']
}

/** What was read, and made durable in the raw layer. */
export interface Collected {
  raw: RawFile[]
  read: ReadReport
  /** Newest change and deletion read; null where there was none. */
  position: ChangePosition | null
  deletionsPosition: ChangePosition | null
  /** Whether the source tells what it has deleted. */
  tellsDeletions: boolean
  /** When the read began, by our clock. */
  startedAt: string
  versions: number
  refused: Record<string, number>
  imports: Record<string, number>
  resumedFrom: string | null
}

/**
 * Reads what a source has to tell into the draft and the raw layer, going on where a killed run left off.
 *
 * Records that no bet can be made of go to quarantine before anything counts as read.
 */
export async function collectVersions(
  deps: CollectDeps,
  draft: LakeDraft,
  plan: ReadPlan,
  resumed: RunJournal | undefined,
): Promise<Collected> {
  const task = deps.progress.start('Reading what has changed')
  const startedAt = resumed?.startedAt ?? new Date(deps.clock()).toISOString()
  const collector = createCollector(deps, draft, plan, startedAt, resumed)
  for (const part of resumed?.parts ?? []) {
    for await (const page of deps.lake.readRaw(part)) task.advance(await collector.take(page))
    await draft.discardRaw()
  }
  const read = emptyReadReport()
  try {
    // Also where the killed run had read to the end: since then there may be more.
    const feed = {
      page: (after: ChangePosition | null) => deps.source.page(plan.changes, after),
      count: (upTo: ChangePosition | null) => deps.source.count(plan.changes, upTo ?? undefined),
      remaining: (after: ChangePosition | null) =>
        deps.source.count(after === null ? plan.changes : { after, sinceMs: null, sport: plan.changes.sport }),
    }
    for await (const { records, progress } of readChanges(deps, feed, resumed?.progress ?? null, read)) {
      task.advance(await collector.takeChanges(records, progress))
    }
    await readDeletions(deps, plan.deletions, collector, resumed?.deletions ?? null)
    await collector.flush()
  } finally {
    // Where the source failed, the next try goes on from what is durable by now.
    await collector.written()
  }
  const collected = collector.collected(read)
  task.finish(`${collected.versions} versions`)
  return collected
}

async function readDeletions(
  deps: CollectDeps,
  window: ChangeWindow | null,
  collector: ReturnType<typeof createCollector>,
  resumedAt: ChangePosition | null,
): Promise<void> {
  const { source } = deps
  if (window === null || source.deletions === undefined) return
  const feed = { page: (after: ChangePosition | null) => source.deletions?.(window, after) ?? Promise.resolve([]) }
  const begunAt = resumedAt === null ? null : { position: resumedAt, records: 0, ties: [] }
  for await (const { records, progress } of readChanges(deps, feed, begunAt, emptyReadReport())) {
    const gone = records.map(({ id, updatedAtUs }) => ({ id, updatedAtUs, record: null, bet: null }))
    await collector.takeDeletions(gone, progress.position)
  }
}

function createCollector(
  deps: CollectDeps,
  draft: LakeDraft,
  plan: ReadPlan,
  startedAt: string,
  resumed: RunJournal | undefined,
) {
  const parts: RawFile[] = [...(resumed?.parts ?? [])]
  const refused: Record<string, number> = {}
  const imports: Record<string, number> = {}
  let progress: PassProgress | null = resumed?.progress ?? null
  let deletionsPosition: ChangePosition | null = resumed?.deletions ?? null
  let versions = 0
  let unwritten = createSpan()
  let writing: Promise<void> = Promise.resolve()

  /** Stages versions, their bets made anew from their records. @returns versions taken so far */
  async function take(page: readonly StagedVersion[]): Promise<number> {
    const staged = page.map((version) => ({ ...version, bet: null as StagedVersion['bet'] }))
    const rejections = []
    for (const version of staged) {
      unwritten.add(version.updatedAtUs)
      if (version.record === null) continue
      const importId = version.record.import_id
      if (typeof importId === 'string') imports[importId] = (imports[importId] ?? 0) + 1
      const parsed = parseBetRecord(version.record)
      if (parsed.ok) version.bet = parsed.bet
      else {
        refused[parsed.problem.reason] = (refused[parsed.problem.reason] ?? 0) + 1
        rejections.push({ ...parsed.problem, line: null, raw: JSON.stringify(version.record) })
      }
    }
    if (rejections.length > 0) {
      await deps.quarantine.add({ kind: 'table', name: deps.source.name, runId: plan.runId }, rejections)
    }
    await draft.stage(staged)
    versions += page.length
    return versions
  }

  /** Begins to make durable what was staged; reading goes on meanwhile, at most one part ahead. */
  async function flush(): Promise<void> {
    await writing
    const { runId, base, reads } = plan
    const reached = { startedAt, progress, deletions: deletionsPosition }
    const described = { source: deps.source.name, kind: plan.kind, ...unwritten.instants() }
    unwritten = createSpan()
    writing = draft.writeRaw().then(async (file) => {
      if (file !== undefined) parts.push({ ...file, ...described })
      await writeJournal(deps.objects, { format: 'closeline-unfinished/1', runId, base, reads, parts, ...reached })
    })
    // A failure is told by whoever waits next, not by the process.
    writing.catch(() => {})
  }

  return {
    async take(page: readonly StagedVersion[]): Promise<number> {
      const taken = await take(page)
      unwritten = createSpan()
      return taken
    },
    async takeChanges(records: readonly Omit<StagedVersion, 'bet'>[], reached: PassProgress): Promise<number> {
      const taken = await take(records.map(({ id, updatedAtUs, record }) => ({ id, updatedAtUs, record, bet: null })))
      progress = reached
      if (unwritten.size() >= (deps.partRows ?? PART_ROWS)) await flush()
      return taken
    },
    async takeDeletions(gone: readonly StagedVersion[], reached: ChangePosition): Promise<void> {
      await take(gone)
      deletionsPosition = reached
    },
    flush,
    written: () => writing,
    collected: (read: ReadReport): Collected => ({
      raw: parts,
      read,
      position: progress?.position ?? null,
      deletionsPosition,
      tellsDeletions: deps.source.deletions !== undefined,
      startedAt,
      versions,
      refused,
      imports,
      resumedFrom: resumed?.runId ?? null,
    }),
  }
}

/** First and last change time of the versions in one raw file. */
function createSpan() {
  let rows = 0
  let fromUs = Number.POSITIVE_INFINITY
  let toUs = Number.NEGATIVE_INFINITY
  const instant = (us: number) => (rows === 0 ? null : new Date(us / 1000).toISOString())
  return {
    add(us: number) {
      rows++
      fromUs = Math.min(fromUs, us)
      toUs = Math.max(toUs, us)
    },
    size: () => rows,
    instants: () => ({ from: instant(fromUs), to: instant(toUs) }),
  }
}
