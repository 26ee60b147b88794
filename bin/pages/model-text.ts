import type { Alias } from '../../shared/registry/alias.ts'
import type { ModelManifest } from '../../shared/registry/manifest.ts'
import { block, count } from '../report.ts'
import { table } from '../terminal.ts'
import { dayOf, differenceText, minuteOf, scoreText, verdictWords } from './model-figures.ts'
import { ROI_HEADINGS, roiRows, roiSentence } from './roi-figures.ts'

/** A version and what it stands for. */
export interface ModelCard {
  manifest: ModelManifest
  /** Aliases that stand for it now. */
  standing: readonly Alias[]
  /** Moves that made it champion or challenger, the latest first. */
  moves: readonly Alias[]
}

/** Features that are listed with their contributions. */
const MOST_CONTRIBUTIONS = 12

/** A model card for the terminal. */
export function modelText({ manifest, standing, moves }: ModelCard): string {
  const names = standing.map(({ name, since }) => `${name} since ${minuteOf(since)}`)
  return [
    block(manifest.version, [
      ...(names.length === 0 ? ['neither champion nor challenger'] : names),
      verdictWords(manifest.verdict),
      table(modelFacts(manifest), 2),
    ]),
    scoresBlock(manifest),
    block('Gate', gateLines(manifest)),
    block('ROI head', roiLines(manifest)),
    block('Members', membersLines(manifest)),
    block('Calibration', calibrationLines(manifest)),
    block('Mean contribution to the log-odds', contributionLines(manifest)),
    ...(moves.length === 0 ? [] : [block('History', moves.map(moveLine))]),
  ].join('\n')
}

/** What a version is, in pairs of a name and a text. */
export function modelFacts(manifest: ModelManifest): [string, string][] {
  const { source, ledger, features, onnx, recipe, parity, probe } = manifest
  return [
    ['kind', manifest.kind.replaceAll('_', ' ')],
    ['made', `${minuteOf(manifest.createdAt)} UTC by ${source.by}${paramText(recipe.params.name)}`],
    ['data', `${ledger.origin === 'demo' ? 'demo data' : 'own bets'}, ${count(ledger.bets)} bets`],
    ['learned from', learnedText(manifest)],
    ['data quality', qualityText(manifest)],
    ['ledger SHA-256', ledger.sha256],
    ['features SHA-256', `${features.hash} (${features.names.length} features)`],
    ['ONNX SHA-256', `${onnx.sha256} (${count(onnx.bytes)} bytes)`],
    ...(source.sha256 === null ? [] : [['file SHA-256', source.sha256] as [string, string]]),
    ['recipe', recipe.revision === 0 ? 'none of ours' : `revision ${recipe.revision}, seed ${recipe.seed}`],
    ['parity', parityText(manifest, parity)],
    ['one prediction', `${manifest.latencyMs.toFixed(2)} ms when it was registered`],
    ['probe', `a row of its test bets gives ${probe.probability.toFixed(6)}`],
  ]
}

function paramText(name: unknown): string {
  return typeof name === 'string' ? `, “${name}”` : ''
}

function learnedText({ ledger }: ModelManifest): string {
  if (ledger.learned > 0 && ledger.learnedFrom !== null && ledger.learnedTo !== null) {
    return `${count(ledger.learned)} bets placed ${dayOf(ledger.learnedFrom)} to ${dayOf(ledger.learnedTo)}`
  }
  return ledger.learnedTo === null
    ? 'not known: trained elsewhere'
    : `trained elsewhere, until ${minuteOf(ledger.learnedTo)} as told`
}

function qualityText({ dataQuality }: ModelManifest): string {
  if (dataQuality === null) return 'not asked'
  return dataQuality.passed ? 'passed the quality gate' : `failed the quality gate: ${dataQuality.failed.join(', ')}`
}

function parityText(
  { source }: ModelManifest,
  { rows, thresholdRows, largestDifference }: ModelManifest['parity'],
): string {
  if (source.by === 'onnx') return `there is only the file; it gave a probability for each of ${count(rows)} bets`
  return `ONNX and trees differ by ${largestDifference.toExponential(1)} at most over ${count(rows)} bets and ${count(thresholdRows)} rows around splits`
}

/** First and last day of the bets that it was scored on. */
export function testSpan({ scores }: ModelManifest): string {
  return `${dayOf(scores.testFrom)} to ${dayOf(scores.testTo)}`
}

/** The sets of probabilities that a manifest has scores of. */
export const SCORED = [
  ['model', 'model'],
  ['implied', 'implied'],
  ['recalibratedImplied', 'recalibrated implied'],
  ['baseRate', 'base rate'],
] as const

/** Scores beside all baselines, and the differences with their intervals. */
export function scoresBlock(manifest: ModelManifest): string {
  const { scores } = manifest
  return block(`Scores on ${count(scores.model.n)} bets placed ${testSpan(manifest)}`, [
    scoresTable(manifest),
    `model - implied, log loss               ${differenceText(scores.modelMinusImplied)}`,
    `model - recalibrated implied, log loss  ${differenceText(scores.modelMinusRecalibrated)}`,
  ])
}

function scoresTable({ scores }: ModelManifest): string {
  const rows = SCORED.map(([key, words]) => {
    const { n, logLoss, brier, auc, ece } = scores[key]
    return [words, count(n), ...[logLoss, brier, auc, ece].map(scoreText)]
  })
  return table([['', 'n', 'log loss', 'Brier', 'AUC', 'ECE'], ...rows])
}

function gateLines({ checks, verdict }: ModelManifest): string[] {
  if (checks.length === 0) return [verdict === 'baseline' ? 'not asked: the baseline needs no proof' : 'not asked']
  return checks.map(({ name, passed, detail }) => `${passed ? 'passed' : 'FAILED'}  ${name}: ${detail}`)
}

function roiLines({ roiHead }: ModelManifest): string[] {
  if (roiHead === undefined) return ['none was tried: expected ROI is p · d − 1']
  const { scores, learned, trees, weight } = roiHead
  return [
    roiSentence(roiHead),
    ...(trees === 0 ? [] : [`${trees} trees at ${weight.toFixed(2)}, learned from ${count(learned)} settled bets`]),
    ...(scores === null
      ? []
      : [`on ${count(scores.n)} bets whose return is known:`, table([[...ROI_HEADINGS], ...roiRows(scores)])]),
  ]
}

function membersLines({ members }: ModelManifest): string[] {
  if (members.length === 0) return ['none']
  const rows = members.map(({ name, weight, trees }) => [name, weight.toFixed(3), trees === 0 ? '-' : String(trees)])
  return [table([['', 'weight', 'trees'], ...rows])]
}

function calibrationLines({ calibration, kind }: ModelManifest): string[] {
  if (kind === 'imported') return ['as the file has it']
  const { trials } = calibration
  if (trials.length === 0) return [`${calibration.kind}; no other was tried`]
  const rows = trials.map((trial) => [
    trial.kind,
    trial.logLoss === null ? 'could not be fitted' : trial.logLoss.toFixed(5),
    trial.kind === calibration.kind ? 'chosen' : '',
  ])
  return [table([['', 'cross-validated log loss', ''], ...rows])]
}

function contributionLines({ contributions, source }: ModelManifest): string[] {
  if (contributions.length === 0) {
    return [source.by === 'onnx' ? 'not known: there is only the file' : 'none']
  }
  const shown = contributions.slice(0, MOST_CONTRIBUTIONS)
  const rest = contributions.length - shown.length
  return [
    table(shown.map(({ feature, meanAbsolute }) => [feature, meanAbsolute.toFixed(4)])),
    ...(rest > 0 ? [`and ${rest} more`] : []),
  ]
}

function moveLine({ name, since, reason, previous }: Alias): string {
  return `${minuteOf(since)}  ${name}${previous === null ? '' : `, before it ${previous}`}: ${reason}`
}
