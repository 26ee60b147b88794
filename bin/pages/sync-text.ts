import type { SourceState, SyncCursor } from '../../shared/lake/state.ts'
import type { RunSummary } from '../../shared/usecases/run-ports.ts'
import { bold, table } from '../terminal.ts'
import { count } from './figures.ts'

/** How far each source has been read, and the latest runs. */
export function syncStatusText(sources: Readonly<Record<string, SourceState>>, runs: readonly RunSummary[]): string[] {
  const names = Object.keys(sources)
  if (names.length === 0) return ['Nothing has been synced yet: closeline pipeline']
  return [
    ...names.flatMap((name) => sourceLines(name, sources[name] as SourceState)),
    '',
    bold('Latest runs'),
    table([
      ['run', 'started', 'mode', 'trigger', 'seconds', 'bets', 'gate'],
      ...runs.map((run) => [
        run.runId,
        run.startedAt.slice(0, 19).replace('T', ' '),
        run.mode,
        run.trigger,
        ((Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000).toFixed(1),
        count(run.bets),
        run.verdict === 'passed' ? 'passed' : 'FAILED',
      ]),
    ]),
  ]
}

function sourceLines(name: string, source: SourceState): string[] {
  return [
    bold(name),
    `  changes    ${cursorText(source.changes)}`,
    `  deletions  ${source.deletions === null ? 'not told by this source' : cursorText(source.deletions)}`,
    ...Object.entries(source.sports).map(([sport, cursor]) => `  ${sport} alone: ${cursorText(cursor)}`),
    `  ${count(source.changesTaken)} changes taken in; last full refresh ${source.lastRefreshAt ?? 'never'}, last reconcile ${source.lastReconciledAt ?? 'never'}`,
  ]
}

function cursorText({ position, readAt }: SyncCursor): string {
  return position === null
    ? `none yet, read at ${readAt}`
    : `read up to ${position.updatedAt} (${position.id}), at ${readAt}`
}
