import { Command } from 'commander'
import { exitingWithCode } from '../failure.ts'
import { printableText, terminalProgress } from '../terminal.ts'
import { DEFAULT_DATA_DIR } from '../workspace/data-directory.ts'
import type { Workspace } from '../workspace/workspace.ts'

/** What every command that works on a data directory takes. */
export interface WorkspaceFlags {
  data: string
  json: boolean
}

/** A command with `--data` and `--json`. */
export function workspaceCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--data <dir>', 'data directory', DEFAULT_DATA_DIR)
    .option('--json', 'print the result as JSON', false)
}

/** Opens the data directory, or joins a running `npm start`, does the work, and closes. */
export async function inWorkspace(flags: WorkspaceFlags, work: (workspace: Workspace) => Promise<void>): Promise<void> {
  // The database takes longer to import than most commands to run: only those that open it pay for it.
  const { openWorkspace } = await import('../workspace/workspace.ts')
  const workspace = await openWorkspace({ dataDir: flags.data, progress: terminalProgress(), whenHeld: 'attach' })
  try {
    await work(workspace)
  } finally {
    await workspace.close()
  }
}

/** The same as a command: a failure becomes its line and exit code. */
export function withWorkspace(flags: WorkspaceFlags, work: (workspace: Workspace) => Promise<void>): Promise<void> {
  return exitingWithCode(() => inWorkspace(flags, work))
}

/** Prints a result: an object for machines, text for people. */
export function print(flags: { json: boolean }, result: unknown, text: () => string): void {
  process.stdout.write(flags.json ? `${JSON.stringify(result, null, 2)}\n` : `${printableText(text())}\n`)
}
