import type { Command } from 'commander'
import type { ReadFile } from '../../shared/usecases/import-bets.ts'
import { importBets } from '../../shared/usecases/import-bets.ts'
import { readBetFile } from '../bet-file.ts'
import { exitingWithCode } from '../failure.ts'
import { importLine } from '../report.ts'
import { terminalProgress } from '../terminal.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { WorkspaceFlags } from './command.ts'
import { inWorkspace, print, workspaceCommand } from './command.ts'

/** Rejections shown to a person; the rest are in quarantine. */
const SHOWN_REJECTIONS = 5

export function importCommand(): Command {
  return workspaceCommand('import', 'Import a bet log (CSV or Parquet); importing it twice changes nothing.')
    .argument('<file>', 'the layout is told by the header: Closeline ledger, Pikkit (15 or 17 columns), Juice Reel')
    .action((path: string, flags: WorkspaceFlags) =>
      exitingWithCode(async () => {
        // Before the database is opened: a wrong path is told at once and leaves nothing behind.
        const file = await readBetFile(path, terminalProgress())
        await inWorkspace(flags, (workspace) => importInto(workspace, file, flags))
      }),
    )
}

/** Imports a file that has been read, and tells what came of it. */
export async function importInto(workspace: Workspace, file: ReadFile, flags: WorkspaceFlags): Promise<void> {
  const result = await importBets(workspace, file, await workspace.bets.all())
  const { report, ledger, demoBetsRemoved, rowsReleased } = result
  const rejections = file.parsed.rejections
  print(flags, { ...report, demoBetsRemoved, rowsReleased, bets: ledger.length, rejections }, () =>
    [
      importLine(report),
      ...(rowsReleased > 0 ? [`${rowsReleased} rows of the quarantine are mended by it and released`] : []),
      ...(demoBetsRemoved > 0 ? [`${demoBetsRemoved} demo bets made way for your own`] : []),
      ...rejections.slice(0, SHOWN_REJECTIONS).map((r) => `line ${r.line}: ${r.reason}: ${r.detail}`),
      ...(rejections.length > SHOWN_REJECTIONS ? [`… and ${rejections.length - SHOWN_REJECTIONS} more`] : []),
      ...(rejections.length > 0 ? ['see, mend and try them again with  npx closeline quarantine'] : []),
      `${ledger.length} bets in the ledger; train on them with  npx closeline train`,
    ].join('\n'),
  )
}
