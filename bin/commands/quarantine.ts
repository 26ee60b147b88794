import { Command, InvalidArgumentError, Option } from 'commander'
import { readCsvText } from '../../shared/adapters/csv-rows.ts'
import { DomainError } from '../../shared/kernel/errors.ts'
import { mendableFiles } from '../../shared/quality/mendable-file.ts'
import type { QuarantinedRow, QuarantineStatus } from '../../shared/quality/quarantine.ts'
import { QUARANTINE_STATUSES } from '../../shared/quality/quarantine.ts'
import type { QuarantineStore } from '../../shared/usecases/ledger-ports.ts'
import { allRows, rowByPrefix } from '../../shared/usecases/quarantined-rows.ts'
import { retryQuarantine } from '../../shared/usecases/retry-quarantine.ts'
import { readBetFile } from '../bet-file.ts'
import { exitingWithCode, exitOnUsage } from '../failure.ts'
import { writeMendableFiles } from '../mendable-files.ts'
import { plural, retryLines, retryReport, rowInFull, rowsTable } from '../quarantine-report.ts'
import { terminalProgress } from '../terminal.ts'
import type { WorkspaceFlags } from './command.ts'
import { inWorkspace, print, withWorkspace, workspaceCommand } from './command.ts'
import { importInto } from './import.ts'

const MAX_LISTED = 1000

export function quarantineCommand(): Command {
  const command = new Command('quarantine')
    .description('Rows that could not be understood: see them, mend them, try them again.')
    .addHelpText(
      'after',
      '\nTo mend many at once: quarantine export FILE, mend the rows and keep the first column, import FILE.' +
        '\nRows are named by the beginning of their id.',
    )
  command.addCommand(listCommand().exitOverride(exitOnUsage), { isDefault: true })
  for (const other of [showCommand(), retryCommand(), discardCommand(), exportCommand()]) {
    command.addCommand(other.exitOverride(exitOnUsage))
  }
  return command
}

interface ListFlags extends WorkspaceFlags {
  status: QuarantineStatus
  reason?: string
  limit: number
}

function listCommand(): Command {
  return workspaceCommand('list', 'What quarantine does by itself: list rows, those that wait unless told otherwise.')
    .addOption(new Option('--status <status>', 'rows that are').choices(QUARANTINE_STATUSES).default('waiting'))
    .option('--reason <code>', 'only rows refused for this reason')
    .option('--limit <number>', `rows to show, at most ${MAX_LISTED}`, parseLimit, 20)
    .action((flags: ListFlags) =>
      withWorkspace(flags, async ({ quarantine }) => {
        const { status, reason, limit } = flags
        const counts = await quarantine.count(status)
        const rows = await quarantine.list(reason === undefined ? { status } : { status, reason }, limit)
        print(flags, { status, ...counts, rows }, () => rowsTable(status, counts, rows))
      }),
    )
}

function showCommand(): Command {
  return workspaceCommand('show', 'Show one row in full: its text, its header, and what is wrong with it.')
    .argument('<id>')
    .action((id: string, flags: WorkspaceFlags) =>
      withWorkspace(flags, async ({ quarantine }) => {
        const row = await rowByPrefix(quarantine, id.toLowerCase())
        print(flags, row, () => rowInFull(row))
      }),
    )
}

interface RetryFlags extends WorkspaceFlags {
  raw?: string
  file?: string
}

function retryCommand(): Command {
  return workspaceCommand('retry', 'Read rows again, all that wait or those named, and take in what makes sense now.')
    .argument('[ids...]')
    .option('--raw <text>', 'a mended text to read in place of the one row named')
    .addOption(new Option('--file <file>', 'import a file of mended rows: see export').conflicts('raw'))
    .action((ids: string[], { file, ...flags }: RetryFlags) =>
      exitingWithCode(() =>
        file === undefined
          ? inWorkspace(flags, (workspace) => retry(workspace, ids, flags))
          : retryFile(file, ids, flags),
      ),
    )
}

async function retry(
  { bets, quarantine }: Parameters<typeof importInto>[0],
  ids: readonly string[],
  flags: RetryFlags,
): Promise<void> {
  const named = ids.length === 0 && flags.raw === undefined ? undefined : await rowsNamed(quarantine, ids)
  const rows = named ?? (await allRows(quarantine, { status: 'waiting' }))
  const request = flags.raw === undefined ? { rows } : { rows, mendedText: flags.raw }
  const result = await retryQuarantine({ bets, quarantine, readRecords: readCsvText }, request, await bets.all())
  print(flags, retryReport(result), () => retryLines(result))
}

async function retryFile(path: string, ids: readonly string[], flags: WorkspaceFlags): Promise<void> {
  if (ids.length > 0) throw new DomainError('rows_and_file', 'name rows or give a file: its rows bear their ids')
  const file = await readBetFile(path, terminalProgress())
  if (file.mends.size === 0) {
    throw new DomainError('not_exported', `${path}: no row bears a quarantine_id, as those of quarantine export do`)
  }
  await inWorkspace(flags, (workspace) => importInto(workspace, file, flags))
}

function discardCommand(): Command {
  return workspaceCommand('discard', 'Give rows up: they are kept, and no longer waited with.')
    .argument('<ids...>')
    .action((ids: string[], flags: WorkspaceFlags) =>
      withWorkspace(flags, async ({ quarantine }) => {
        const rows = await rowsNamed(quarantine, ids)
        const released = rows.find((row) => row.status === 'released')
        if (released !== undefined) {
          throw new DomainError('already_released', `row ${released.id} has become bet ${released.releasedAs} already`)
        }
        const discarded = await quarantine.resolve(rows.map(({ id }) => ({ id, outcome: 'discarded' })))
        print(flags, { discarded }, () => `${plural(discarded, 'row')} discarded; retry takes them up again`)
      }),
    )
}

function exportCommand(): Command {
  return workspaceCommand(
    'export',
    'Write the waiting rows as CSV, one file for each layout, to be mended and imported.',
  )
    .argument('<file>', 'a new file; where there are several, they are numbered')
    .action((path: string, flags: WorkspaceFlags) =>
      withWorkspace(flags, async ({ quarantine }) => {
        const waiting = await allRows(quarantine, { status: 'waiting' })
        const files = mendableFiles(waiting)
        const paths = await writeMendableFiles(path, files)
        const written = files.map(({ format, rows }, i) => ({ path: paths[i], format, rows }))
        const left = waiting.length - files.reduce((sum, { rows }) => sum + rows, 0)
        print(flags, { files: written, left }, () =>
          [
            ...written.map((file) => `${plural(file.rows, 'row')} of a ${file.format} in ${file.path}`),
            ...(left > 0 ? [`${plural(left, 'row')} left out: of tables, or without a header`] : []),
            waiting.length === 0 ? 'No row waits.' : 'Mend them, keep the first column, and  npx closeline import FILE',
          ].join('\n'),
        )
      }),
    )
}

async function rowsNamed(quarantine: QuarantineStore, idPrefixes: readonly string[]): Promise<QuarantinedRow[]> {
  const rows = await Promise.all(idPrefixes.map((prefix) => rowByPrefix(quarantine, prefix.toLowerCase())))
  return [...new Map(rows.map((row) => [row.id, row])).values()]
}

function parseLimit(text: string): number {
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LISTED) return limit
  throw new InvalidArgumentError(`from 1 to ${MAX_LISTED} rows.`)
}
