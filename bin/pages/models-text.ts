import type { Alias } from '../../shared/registry/alias.ts'
import type { ModelManifest } from '../../shared/registry/manifest.ts'
import type { ImportedVersion } from '../../shared/usecases/import-model.ts'
import type { ChampionMove } from '../../shared/usecases/move-champion.ts'
import { block } from '../report.ts'
import { table } from '../terminal.ts'
import { minuteOf, scoreText } from './model-figures.ts'
import { scoresBlock } from './model-text.ts'

type Aliases = Readonly<Record<'champion' | 'challenger', Alias | null>>

/** All versions, newest first, with their scores and the aliases that stand for them. */
export function modelListText(models: readonly ModelManifest[], aliases: Aliases): string {
  if (models.length === 0) return 'No model has been trained yet: closeline train, or closeline models import FILE'
  const header = ['version', 'alias', 'created', 'data', 'n', 'log loss', 'implied', 'recalibrated', 'verdict']
  const { champion } = aliases
  return [
    table([header, ...models.map((model) => modelRow(model, aliases))], 4),
    'log loss on n bets that nothing of ours was learned from, beside the price and the recalibrated price on the same bets',
    champion === null
      ? 'no version serves'
      : `${champion.version} serves since ${minuteOf(champion.since)}: ${champion.reason}`,
  ].join('\n')
}

function modelRow(model: ModelManifest, aliases: Aliases): string[] {
  const { scores } = model
  return [
    model.version,
    aliasesOf(model.version, aliases),
    minuteOf(model.createdAt),
    model.ledger.origin,
    String(scores.model.n),
    scoreText(scores.model.logLoss),
    scoreText(scores.implied.logLoss),
    scoreText(scores.recalibratedImplied.logLoss),
    model.verdict,
  ]
}

function aliasesOf(version: string, { champion, challenger }: Aliases): string {
  const names = [champion, challenger].flatMap((alias) => (alias?.version === version ? [alias.name] : []))
  return names.join(', ')
}

/** Who was what when, the latest first. */
export function historyText(moves: readonly Alias[]): string {
  if (moves.length === 0) return 'No version has been champion or challenger yet.'
  return moves
    .map(({ name, version, since, reason, previous }) => {
      const before = previous === null ? '' : `, before it ${previous}`
      return `${minuteOf(since)}  ${name.padEnd(10)}  ${version}${before}\n    ${reason}`
    })
    .join('\n')
}

/** What was champion and what is. */
export function moveText({ was, is, manifest }: ChampionMove): string {
  if (was?.version === is.version) {
    return `${is.version} is the champion already, since ${minuteOf(is.since)}, and answers as it did when it was registered: nothing was moved.`
  }
  const before =
    was === undefined
      ? 'No model was champion.'
      : `Champion was ${was.version}, since ${minuteOf(was.since)}: ${was.reason}`
  const words = { proven: 'proven', baseline: 'the baseline', not_proven: 'not proven' }
  return [
    before,
    `Champion is ${is.version} (${words[manifest.verdict]}): ${is.reason}`,
    'It loads, and answers as it did when it was registered; a running npm start takes it up within a minute or so.',
  ].join('\n')
}

/** What came of an import. */
export function importedText({ manifest, reason, isKnown }: ImportedVersion, fileName: string): string {
  const { version, source, features, members, verdict } = manifest
  const trees = members.reduce((sum, member) => sum + member.trees, 0)
  return [
    block(`Imported ${fileName} as ${version}`, [
      `${source.by}, ${features.names.length} features${trees > 0 ? `, ${trees} trees` : ''}; it is the challenger now`,
      ...(isKnown ? ['The same file was imported before on the same bets: what was said of it then stands.'] : []),
    ]),
    scoresBlock(manifest),
    block(verdict === 'proven' ? 'Proven' : 'Not proven', [reason]),
    `The champion is as it was. To serve this one:  closeline models promote ${version}${verdict === 'proven' ? '' : ' --despite-gate'}`,
  ].join('\n')
}
