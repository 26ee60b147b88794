import type { Command } from 'commander'
import { findCurrentState } from '../../shared/lake/state.ts'
import { runPipeline } from '../../shared/usecases/run-pipeline.ts'
import { pipelineText } from '../pages/pipeline-text.ts'
import { syncStatusText } from '../pages/sync-text.ts'
import type { WorkspaceFlags } from './command.ts'
import { print, withWorkspace, workspaceCommand } from './command.ts'
import type { ReadFlags } from './pipeline.ts'
import { commandOf, withReadOptions } from './pipeline.ts'

export function syncCommand(): Command {
  const command = workspaceCommand('sync', 'Bring the lake up to date with the ledger, without features and snapshots.')
  return withReadOptions(command)
    .option('--status', 'show how far each source has been read, and the latest runs', false)
    .action((flags: WorkspaceFlags & ReadFlags & { status: boolean }) =>
      withWorkspace(flags, async (workspace) => {
        if (!flags.status) {
          const report = await runPipeline(workspace, commandOf(flags, 'command'))
          print(flags, report, () => pipelineText(report).join('\n'))
          return
        }
        const state = await findCurrentState(workspace.objects)
        const runs = await workspace.runs.latest(10)
        const sources = state?.sources ?? {}
        print(flags, { sequence: state?.sequence ?? null, sources, runs }, () =>
          syncStatusText(sources, runs).join('\n'),
        )
      }),
    )
}
