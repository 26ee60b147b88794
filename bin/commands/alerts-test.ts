import type { Command } from 'commander'
import { fileObjectStore } from '../../shared/adapters/file-object-store.ts'
import { testMessages } from '../../shared/alerts/examples.ts'
import { ALERT_RULES } from '../../shared/alerts/rules.ts'
import { DomainError, UpstreamError } from '../../shared/kernel/errors.ts'
import { sendTrials } from '../../shared/usecases/alert-trials.ts'
import { openSinks, readAlertSettings } from '../alert-channels.ts'
import { exitingWithCode } from '../failure.ts'
import { alertTrialsText } from '../pages/alerts-text.ts'
import { printable } from '../terminal.ts'
import { openDataDirectory } from '../workspace/data-directory.ts'
import type { WorkspaceFlags } from './command.ts'
import { print, workspaceCommand } from './command.ts'

/** `alerts test`. */
export function testCommand(): Command {
  return workspaceCommand('test', 'Send one message of each rule, marked TEST, over the channels that are set up.')
    .option('--rule <name>', 'of this rule only')
    .action((flags: WorkspaceFlags & { rule?: string }) =>
      exitingWithCode(async () => {
        assertRule(flags.rule)
        const { root, objectsDir } = await openDataDirectory(flags.data, { fresh: false })
        const write = (line: string) => process.stderr.write(`${printable(line)}\n`)
        const sinks = await openSinks(await readAlertSettings(root), { objects: fileObjectStore(objectsDir), write })
        const outcomes = await sendTrials(sinks, testMessages(Date.now(), flags.rule))
        print(flags, { outcomes }, () => alertTrialsText(outcomes))
        const failed = outcomes.filter(({ failure }) => failure !== null).length
        if (failed > 0) throw new UpstreamError('alerts', `${failed} of ${outcomes.length} messages were not sent`)
      }),
    )
}

function assertRule(name: string | undefined): void {
  if (name === undefined || ALERT_RULES.some((rule) => rule.name === name)) return
  throw new DomainError('rule_unknown', `there is no rule ${name}: closeline alerts rules lists them`)
}
