import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import { DomainError } from '../../shared/kernel/errors.ts'
import type { DriftKind } from '../../shared/simulator/drift.ts'
import { DRIFT_DAYS, DRIFT_KINDS, simulateDrift } from '../../shared/simulator/drift.ts'
import type { SimulationReport } from '../../shared/usecases/simulate-bets.ts'
import { addSimulated, simulateDecay } from '../../shared/usecases/simulate-bets.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { WorkspaceFlags } from './command.ts'
import { print, withWorkspace, workspaceCommand } from './command.ts'

const DEFAULT_BETS = 1000
const DEFAULT_SEED = 1
const DEFAULT_SHIFT = -0.6

interface SimulateFlags extends WorkspaceFlags {
  drift?: DriftKind
  decay: boolean
  bets: number
  seed: number
  shift: number
}

const HELP = `
  sport  tennis alone                           book  every second bet with a book that was never seen
  price  decimal odds of 2.4 and longer alone   clv   no closing price is told any more
Bets are placed over the last ${DRIFT_DAYS} days; those of --decay end four days ago, so that their results count, and what the
champion says of them is noted in the prediction log. A running npm start takes them in with its next run, or now with
closeline retraining --check. Only into a ledger that is simulated: a ledger of your own is refused.`

/** `simulate`. */
export function simulateCommand(): Command {
  return workspaceCommand('simulate', 'Put simulated bets that drift, or whose edge decays, into the demo ledger.')
    .addOption(new Option('--drift <what>', 'what drifts').choices(DRIFT_KINDS).conflicts('decay'))
    .option('--decay', 'let bets come out worse than the champion served them', false)
    .option('--bets <n>', 'how many', wholeNumber, DEFAULT_BETS)
    .option('--seed <n>', 'equal seeds give equal bets', wholeNumber, DEFAULT_SEED)
    .option('--shift <log-odds>', 'with --decay: what is added to the log-odds served', finiteNumber, DEFAULT_SHIFT)
    .addHelpText('after', HELP)
    .action((flags: SimulateFlags) =>
      withWorkspace(flags, async (workspace) => {
        const report = await simulate(workspace, flags)
        print(flags, report, () => reportText(report))
      }),
    )
}

async function simulate(workspace: Workspace, flags: SimulateFlags): Promise<SimulationReport> {
  const { drift: kind, decay, bets: count, seed, shift } = flags
  if (decay) return simulateDecay(workspace, { count, seed, shift })
  if (kind === undefined) throw new DomainError('nothing_to_simulate', 'say what: --drift sport, or --decay')
  const bets = simulateDrift({ kind, seed, count, endsAtMs: workspace.clock() })
  return { import: await addSimulated(workspace, bets, `simulated ${kind} drift, seed ${seed}`), decay: null }
}

function reportText({ import: { fileName, rowsImported, rowsUnchanged }, decay }: SimulationReport): string {
  const per = (p: number) => `${(100 * p).toFixed(1)} %`
  return [
    `${rowsImported} bets added (${fileName})${rowsUnchanged > 0 ? `, ${rowsUnchanged} were there already` : ''}`,
    ...(decay === null
      ? []
      : [`${decay.modelVersion} gave them ${per(decay.meanProbability)} to win, and ${per(decay.winRate)} won`]),
    'see what comes of it:  npx closeline retraining --check',
  ].join('\n')
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('a whole number.')
  return value
}

function finiteNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('a number.')
  return value
}
