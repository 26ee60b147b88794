import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import type { ShiftedFunction } from '../../shared/config/stage.ts'
import { tailLogs } from '../../shared/usecases/tail-logs.ts'
import { logLineText } from '../pages/traffic-text.ts'
import type { OpenOperations, StageFlags } from './operations-command.ts'
import { functionOption, openOnAws, stageCommand, versionNumber, withOperations } from './operations-command.ts'

interface LogFlags extends StageFlags {
  function: ShiftedFunction
  since: number
  follow: boolean
  version?: string
}

/** `logs`. */
export function logsCommand(open: OpenOperations = openOnAws): Command {
  return stageCommand('logs', 'What a function has written to its log.')
    .addOption(functionOption('whose log').default('prediction'))
    .addOption(sinceOption())
    .option('--follow', 'go on until it is stopped', false)
    .option('--version <number>', 'of this version only', versionNumber)
    .addHelpText('after', '\nWith --json one line of JSON for each line of the log.')
    .action((flags: LogFlags) =>
      withOperations(open, flags, async (operations) => {
        const { since: sinceMs, follow, version, stage } = flags
        const question = { stage, function: flags.function, sinceMs, follow, version }
        for await (const line of tailLogs(operations, question)) {
          process.stdout.write(`${flags.json ? JSON.stringify(line) : logLineText(line)}\n`)
        }
      }),
    )
}

function sinceOption(): Option {
  const option = new Option('--since <time>', 'how far back: 30s, 10m, 6h, 2d')
  return option.argParser(duration).default(duration('10m'), '10m')
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A duration in milliseconds. @throws {InvalidArgumentError} */
function duration(text: string): number {
  const [, amount, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? []
  const unitMs = UNITS_MS[unit]
  if (amount !== undefined && unitMs !== undefined) return Number(amount) * unitMs
  throw new InvalidArgumentError('It must be a number and s, m, h or d, such as 10m.')
}
