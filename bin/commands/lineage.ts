import type { Command } from 'commander'
import { traceLineage } from '../../shared/usecases/trace-lineage.ts'
import { lineageText } from '../pages/lineage-text.ts'
import type { WorkspaceFlags } from './command.ts'
import { print, withWorkspace, workspaceCommand } from './command.ts'

export function lineageCommand(): Command {
  return workspaceCommand('lineage', 'Follow something back to the raw files, and forward to what was made of it.')
    .argument(
      '<subject>',
      'a run (or the beginning of its id), a file of the lake (its key, the end of it, or its SHA-256), a model version, or bet:ID',
    )
    .action((subject: string, flags: WorkspaceFlags) =>
      withWorkspace(flags, async (workspace) => {
        const trail = await traceLineage(workspace, subject)
        const imports = await Promise.all(importIdsOf(trail).map((id) => workspace.imports.find(id)))
        const files = imports.flatMap(([report]) => (report === undefined ? [] : [report]))
        print(flags, { ...trail, imports: files }, () => lineageText(trail, files).join('\n'))
      }),
    )
}

function importIdsOf({ back }: Awaited<ReturnType<typeof traceLineage>>): string[] {
  return [...new Set(back.flatMap(({ imports }) => Object.keys(imports)))]
}
