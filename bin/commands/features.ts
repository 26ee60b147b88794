import type { Command } from 'commander'
import type { FeatureDefinition } from '../../shared/features/definition.ts'
import { FEATURES, layerHash } from '../../shared/features/registry.ts'
import { DomainError } from '../../shared/kernel/errors.ts'
import { readOnlineFeatures } from '../../shared/usecases/online-features.ts'
import { exitingWithCode } from '../failure.ts'
import { renderBetPage } from '../pages/features-bet-page.ts'
import { betExplanationText } from '../pages/features-bet-text.ts'
import { featureRecord, featuresCalled } from '../pages/features-catalogue.ts'
import { renderFeaturesPage } from '../pages/features-page.ts'
import { readInstant, readQuestion } from '../pages/features-question.ts'
import type { BetExplanation } from '../pages/features-telling.ts'
import { explainFromSnapshot } from '../pages/features-telling.ts'
import { catalogueText, featureListText, featureText } from '../pages/features-text.ts'
import { writePage } from '../write-page.ts'
import type { WorkspaceFlags } from './command.ts'
import { inWorkspace, print, workspaceCommand } from './command.ts'

interface FeatureFlags extends WorkspaceFlags {
  all: boolean
  html?: string
  bet?: string
  at?: string
}

const HELP = `
closeline features --bet '{"sport": "Basketball", "league": "NBA", "market": "Spread",
  "institution_name": "DraftKings", "odds": -110}'`

export function featuresCommand(): Command {
  return workspaceCommand('features', 'Tell what models look at, and of a bet where each value comes from.')
    .argument('[names...]', 'features by name, or by a name that another system gave them')
    .option('--all', 'one line a feature', false)
    .option('--html <file>', 'write a page instead: of all features, or of the bet')
    .option('--bet <json>', 'explain the values of a bet, given as to POST /api/v1/predict')
    .option('--at <instant>', 'when the bet is placed, ISO 8601; now where not said')
    .addHelpText('after', HELP)
    .action((names: string[], flags: FeatureFlags) =>
      exitingWithCode(async () => {
        const features = names.length === 0 ? FEATURES : [...new Set(names.flatMap(findCalled))]
        if (flags.bet === undefined) return tellFeatures(features, names.length > 0, flags)
        const placedAtMs = flags.at === undefined ? Date.now() : readInstant(flags.at)
        // Read before the database is opened, which takes seconds.
        const bet = readQuestion(flags.bet, placedAtMs)
        const asked = features.map(({ name }) => name)
        await inWorkspace(flags, async ({ objects }) => {
          const snapshot = await readOnlineFeatures({ objects })
          await tellBet(await explainFromSnapshot(bet, asked, snapshot), flags)
        })
      }),
    )
}

/** @throws {DomainError} `unknown_feature` */
function findCalled(name: string): readonly FeatureDefinition[] {
  const found = featuresCalled(name)
  if (found.length > 0) return found
  throw new DomainError('unknown_feature', `there is no feature ${name}; closeline features --all lists them`)
}

async function tellFeatures(features: readonly FeatureDefinition[], areNamed: boolean, flags: FeatureFlags) {
  if (flags.at !== undefined) throw new DomainError('no_bet', '--at is the instant of a bet: --bet is needed')
  if (flags.html !== undefined) await writePage(flags.html, renderFeaturesPage(await layerHash()))
  print(flags, { layerHash: await layerHash(), features: features.map(featureRecord) }, () => {
    if (flags.html !== undefined) return `The page is in ${flags.html}.`
    if (flags.all) return featureListText(features).join('\n')
    return areNamed
      ? features.map((feature) => featureText(feature).join('\n')).join('\n\n')
      : catalogueText().join('\n')
  })
}

async function tellBet(explanation: BetExplanation, flags: FeatureFlags): Promise<void> {
  const { bet, origin, lookedAtMs, explained } = explanation
  if (flags.html !== undefined) await writePage(flags.html, renderBetPage(explanation))
  const { placedAtMs, ...asked } = bet
  const [at, lookedAt] = [placedAtMs, lookedAtMs].map((atMs) => new Date(atMs).toISOString())
  print(flags, { bet: asked, at, origin, lookedAt, ...explained }, () =>
    flags.html === undefined ? betExplanationText(explanation).join('\n') : `The page is in ${flags.html}.`,
  )
}
