import { createInterface } from 'node:readline/promises'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { ShiftedFunction, Stage } from '../../shared/config/stage.ts'
import { SHIFTED_FUNCTIONS, STAGES } from '../../shared/config/stage.ts'
import type { Operations } from '../aws-operations.ts'
import { exitingWithCode } from '../failure.ts'

/** What every command that works on an installation takes. */
export interface StageFlags {
  stage: Stage
  json: boolean
}

/** Opens what the commands work with; a test or a local run opens something else than AWS. */
export type OpenOperations = (stage: Stage) => Promise<Operations>

/** The SDK takes longer to import than most commands to run: only those that need it pay for it. */
export const openOnAws: OpenOperations = async (stage) => {
  const { awsOperations } = await import('../aws-operations.ts')
  return awsOperations(stage)
}

/** A command with `--stage` and `--json`. */
export function stageCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .addOption(new Option('--stage <stage>', 'installation').choices(STAGES).default('dev'))
    .option('--json', 'print the result as JSON', false)
}

/** `--function`, of those that traffic is shifted between. */
export function functionOption(description: string): Option {
  return new Option('--function <name>', description).choices(SHIFTED_FUNCTIONS)
}

/** The function named, or all. */
export function functionsNamed(name: ShiftedFunction | undefined): readonly ShiftedFunction[] {
  return name === undefined ? SHIFTED_FUNCTIONS : [name]
}

/** Opens the installation and does the work; a failure becomes its line and exit code. */
export function withOperations(
  open: OpenOperations,
  flags: StageFlags,
  work: (operations: Operations) => Promise<void>,
): Promise<void> {
  return exitingWithCode(async () => work(await open(flags.stage)))
}

/** Where a person may sit. */
export interface Terminal {
  input: NodeJS.ReadableStream & { isTTY?: boolean }
  output: NodeJS.WritableStream & { isTTY?: boolean }
}

const OWN_TERMINAL: Terminal = { input: process.stdin, output: process.stderr }

/** Whether a person is there to be asked: not in a pipeline, and not where `--yes` has answered already. */
export function isAttended({ yes }: { yes: boolean }, { input, output } = OWN_TERMINAL): boolean {
  return !yes && input.isTTY === true && output.isTTY === true
}

/** Whether to go on: whoever sits before a terminal is asked, a script has said what it wants. */
export async function confirmed(plan: string, flags: { yes: boolean }, terminal = OWN_TERMINAL): Promise<boolean> {
  if (!isAttended(flags, terminal)) return true
  const asking = createInterface(terminal)
  // Whoever leaves the terminal has not agreed.
  const left = new Promise<string>((resolve) => asking.once('close', () => resolve('')))
  const answer = await Promise.race([asking.question(`${plan}. Go on? [y/N] `), left])
  asking.close()
  if (/^y(es)?$/i.test(answer.trim())) return true
  terminal.output.write('closeline: nothing was done\n')
  process.exitCode = 1
  return false
}

/** Things that did not go as they should though the command has done its work. */
export function warn(warnings: readonly string[]): void {
  for (const warning of warnings) process.stderr.write(`closeline: warning: ${warning}\n`)
}

/** A number of an option. @throws {InvalidArgumentError} where it is none, or beyond its limits */
export function numberBetween(low: number, high: number, isWhole: boolean): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text)
    if (value >= low && value <= high && (!isWhole || Number.isInteger(value))) return value
    throw new InvalidArgumentError(`It must be a ${isWhole ? 'whole ' : ''}number from ${low} to ${high}.`)
  }
}

/** A version's number. @throws {InvalidArgumentError} */
export function versionNumber(text: string): string {
  if (/^[1-9][0-9]*$/.test(text)) return text
  throw new InvalidArgumentError('Published versions are numbers from 1.')
}
