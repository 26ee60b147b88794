import type { CommanderError } from 'commander'
import { DomainError, messageOf, UpstreamError } from '../shared/kernel/errors.ts'
import { stopOpenBars } from './terminal.ts'

/** The user's input or environment is to blame: usage, a file, a port. */
const EXIT_USAGE = 2
/** Something failed that the user did not cause. */
const EXIT_FAILURE = 1

/** Says what went wrong in one line on standard error, and which exit code that is. */
export function reportFailure(thrown: unknown): number {
  if (thrown instanceof DomainError) {
    process.stderr.write(`closeline: ${thrown.message}\n`)
    return EXIT_USAGE
  }
  if (thrown instanceof UpstreamError) {
    process.stderr.write(`closeline: ${thrown.vendor}: ${thrown.message}\n`)
    return EXIT_FAILURE
  }
  process.stderr.write(`closeline: this is a bug, please report it: ${messageOf(thrown)}\n`)
  if (thrown instanceof Error && thrown.stack !== undefined) process.stderr.write(`${thrown.stack}\n`)
  return EXIT_FAILURE
}

/** Ends the process after the parser has said what was wrong, or has shown the help that was asked for. */
export function exitOnUsage(error: CommanderError): never {
  process.exit(error.exitCode === 0 ? 0 : EXIT_USAGE)
}

/** Runs a command; a failure becomes its line and exit code. */
export async function exitingWithCode(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (thrown) {
    stopOpenBars()
    process.exitCode = reportFailure(thrown)
  }
}
