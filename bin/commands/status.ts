import type { Command } from 'commander'
import type { ShiftedFunction } from '../../shared/config/stage.ts'
import { trafficStatus } from '../../shared/usecases/traffic-status.ts'
import { statusText } from '../pages/traffic-text.ts'
import { print } from './command.ts'
import type { OpenOperations, StageFlags } from './operations-command.ts'
import { functionOption, functionsNamed, openOnAws, stageCommand, withOperations } from './operations-command.ts'

/** `traffic.json` and AWS do not say the same. */
const EXIT_DRIFT = 3

interface StatusFlags extends StageFlags {
  function?: ShiftedFunction
}

/** `status`. */
export function statusCommand(open: OpenOperations = openOnAws): Command {
  return stageCommand('status', 'Who answers, by traffic.json and by AWS, with which models, and what the alarms say.')
    .addOption(functionOption('this one only'))
    .addHelpText('after', '\nExit code 3 where traffic.json and AWS differ; the commands that settle it are named.')
    .action((flags: StatusFlags) =>
      withOperations(open, flags, async (operations) => {
        const status = await trafficStatus(operations, { ...flags, functions: functionsNamed(flags.function) })
        print(flags, status, () => statusText(status))
        if (status.hasDrift) process.exitCode = EXIT_DRIFT
      }),
    )
}
