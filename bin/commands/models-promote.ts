import type { Command } from 'commander'
import { eventsOfMove } from '../../shared/usecases/champion-events.ts'
import type { ChampionMove } from '../../shared/usecases/move-champion.ts'
import { promoteModel, rollbackChampion } from '../../shared/usecases/move-champion.ts'
import { moveText } from '../pages/models-text.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { WorkspaceFlags } from './command.ts'
import { print, withWorkspace, workspaceCommand } from './command.ts'

interface PromoteFlags extends WorkspaceFlags {
  reason?: string
  despiteGate: boolean
}

/** `models promote`. */
export function promoteCommand(): Command {
  return workspaceCommand('promote', 'Make a version the champion, once it has been loaded and tried.')
    .argument('<version>', 'a version as listed, or challenger')
    .option('--reason <text>', 'why, for the history')
    .option('--despite-gate', 'also where the gate says not_proven', false)
    .action((version: string, flags: PromoteFlags) =>
      withWorkspace(flags, async (workspace) => {
        const { reason, despiteGate } = flags
        await told(workspace, flags, 'ModelPromoted', await promoteModel(workspace, { version, reason, despiteGate }))
      }),
    )
}

interface RollbackFlags extends WorkspaceFlags {
  to?: string
  reason?: string
}

/** `models rollback`. */
export function rollbackCommand(): Command {
  return workspaceCommand('rollback', 'Take the champion back by a step, or to a version that was champion once.')
    .option('--to <version>', 'a version that was champion before; the one before the present where not told')
    .option('--reason <text>', 'why, for the history')
    .addHelpText(
      'after',
      '\nThe version is loaded and tried before anything moves. One step back of A, B, C is B, one more is A: what was' +
        '\nrolled back from is not gone back to, unless it is promoted again.',
    )
    .action((flags: RollbackFlags) =>
      withWorkspace(flags, async (workspace) => {
        const { to, reason } = flags
        await told(workspace, flags, 'ModelRolledBack', await rollbackChampion(workspace, { to, reason }))
      }),
    )
}

/** Tells whoever listens, and the person who asked. */
async function told(
  { events }: Workspace,
  flags: WorkspaceFlags,
  type: Parameters<typeof eventsOfMove>[0],
  move: ChampionMove,
): Promise<void> {
  const { was, is, manifest } = move
  await events.publish(eventsOfMove(type, move))
  const moved = was?.version !== is.version
  print(flags, { moved, was: was ?? null, is, verdict: manifest.verdict }, () => moveText(move))
}
