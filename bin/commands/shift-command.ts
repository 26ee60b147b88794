import type { Command } from 'commander'
import type { ShiftedFunction } from '../../shared/config/stage.ts'
import type { Move, ShiftPlan } from '../../shared/usecases/shift-traffic.ts'
import { planInWords, planShift, previewShift } from '../../shared/usecases/shift-traffic.ts'
import { carryOut } from '../../shared/usecases/shift-traffic-carry-out.ts'
import { shiftJson, shiftText } from '../pages/traffic-text.ts'
import { print } from './command.ts'
import type { OpenOperations, StageFlags } from './operations-command.ts'
import { confirmed, functionOption, stageCommand, warn, withOperations } from './operations-command.ts'

/** What `canary`, `promote` and `rollback` take. */
export interface ShiftFlags extends StageFlags {
  function: ShiftedFunction
  emergency: boolean
  dryRun: boolean
  yes: boolean
  despiteSmoke: boolean
}

/** A command that moves the traffic of a function. */
export function shiftCommand(name: Move['move'], description: string): Command {
  return stageCommand(name, description)
    .addOption(functionOption('whose traffic').default('prediction'))
    .option('--emergency', 'past CloudFormation: in seconds instead of about a minute', false)
    .option('--dry-run', 'say what would be done, and what CloudFormation would change', false)
    .option('--yes', 'do not ask', false)
    .option('--despite-smoke', 'also where the version fails its trial, which is then left out', false)
    .addHelpText(
      'after',
      '\nThe version that gets more traffic is tried first: it is invoked by its number with golden requests. With an API key' +
        '\nin CLOSELINE_API_KEY it is also asked a question as a caller would.' +
        '\ntraffic.json is written as well: commit it. Cut short, the same command finishes what it began (closeline status).',
    )
}

/** Plans a move, asks, carries it out and tells what became of it. */
export function runShift(
  open: OpenOperations,
  flags: ShiftFlags,
  { move, monitorMinutes = 0 }: { move: Move; monitorMinutes?: number },
): Promise<void> {
  return withOperations(open, flags, async (operations) => {
    const plan = await planShift(operations, { ...move, stage: flags.stage, function: flags.function })
    if (flags.dryRun) {
      tellPlan(flags, plan, flags.emergency ? '' : await previewShift(operations, plan))
      return
    }
    if (!(await confirmed(planInWords(plan), flags))) return
    const { emergency, despiteSmoke } = flags
    const report = await carryOut(operations, plan, { emergency, despiteSmoke, monitorMinutes })
    warn(report.warnings)
    print(flags, shiftJson(report), () => shiftText(report))
  })
}

function tellPlan(flags: ShiftFlags, plan: ShiftPlan, changes: string): void {
  const { move, stage, filed, live, target } = plan
  const { revisionId: _, ...now } = live
  const dry = { dryRun: true, stage, function: plan.function, move, from: now, filed, to: target, changes }
  print(flags, dry, () => [`${planInWords(plan)}; nothing was done`, ...(changes === '' ? [] : [changes])].join('\n'))
}
