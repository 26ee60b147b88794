import type { Bet } from '../bets/bet.ts'
import type { Blend, Member } from '../blend/blend.ts'
import { createBlendExplainer } from '../blend/explain.ts'
import type { BinaryScores } from '../evaluation/metrics.ts'
import type { FeatureRows } from '../features/replay.ts'
import { UNKNOWN_CODE } from '../features/vocabulary.ts'
import type { LearningRows } from '../recipe/dataset.ts'
import { MARKET_INDEX, SPORT_INDEX } from '../recipe/inputs.ts'
import type { Scoreboard } from '../recipe/scoreboard.ts'
import type { ModelManifest, StoredScoreboard } from '../registry/manifest.ts'
import type { FeatureMatrix } from '../trees/matrix.ts'
import { columnOf } from '../trees/matrix.ts'

/** Rows whose contributions are averaged. */
const EXPLAINED_ROWS = 2000

/** A scoreboard as a manifest keeps it. */
export function storedScoreboard(scores: Scoreboard, test: LearningRows): StoredScoreboard {
  const stored = (board: BinaryScores) => ({ ...board, auc: Number.isNaN(board.auc) ? null : board.auc })
  return {
    testFrom: instantOf(test, 0),
    testTo: instantOf(test, test.labels.length - 1),
    model: stored(scores.model),
    implied: stored(scores.implied),
    recalibratedImplied: stored(scores.recalibratedImplied),
    baseRate: stored(scores.baseRate),
    modelMinusImplied: scores.modelMinusImplied,
    modelMinusRecalibrated: scores.modelMinusRecalibrated,
  }
}

/** UTC instant at which row r was placed. */
export function instantOf(rows: LearningRows, r: number): string {
  return new Date(rows.placedAtMs[r] as number).toISOString()
}

/** Members with their weights and how many trees each holds. */
export function membersOf({ members }: Blend): ModelManifest['members'] {
  return members.map(({ name, weight, member }) => ({ name, weight, trees: treesIn(member) }))
}

function treesIn(member: Member): number {
  if (member.kind === 'boosted' || member.kind === 'forest') return member.trees.trees.length
  if (member.kind !== 'segments') return 0
  return member.cases.reduce((sum, { member: own }) => sum + treesIn(own), treesIn(member.fallback))
}

/** Names behind the codes of sports and markets that a blend asks for, as the ledger has them. */
export function codesOf({ members }: Blend, rows: LearningRows, bets: readonly Bet[]): ModelManifest['codes'] {
  const asked = members.flatMap(({ member }) => askedCodes(member))
  const namesOf = (column: number, field: 'sport' | 'market') => {
    const wanted = new Set(asked.filter((one) => one.column === column).map(({ code }) => code))
    const codes: Record<string, number> = {}
    for (const [r, code] of columnOf(rows.matrix, column).entries()) {
      const name = bets[rows.ledgerRows[r] as number]?.[field]
      if (wanted.has(code) && typeof name === 'string') codes[name] = code
    }
    return codes
  }
  return { sport: namesOf(SPORT_INDEX, 'sport'), market: namesOf(MARKET_INDEX, 'market') }
}

/** Whether a ledger's features know the names that a model asks for by other codes than it. */
export function hasOtherCodes({ codes }: ModelManifest, { names, columns, bets }: FeatureRows): boolean {
  return (['sport', 'market'] as const).some((field) => {
    const known = new Map(Object.entries(codes[field]))
    const column = columns[names.indexOf(field)]
    return bets.some((bet, r) => {
      const code = column?.[r] ?? UNKNOWN_CODE
      const learned = known.get(bet[field] ?? '')
      return learned !== undefined && code > UNKNOWN_CODE && code !== learned
    })
  })
}

function askedCodes(member: Member): { column: number; code: number }[] {
  if (member.kind !== 'segments') return []
  const own = member.cases.map(({ code }) => ({ column: member.column, code }))
  return [...own, ...member.cases.flatMap((one) => askedCodes(one.member)), ...askedCodes(member.fallback)]
}

/** Mean absolute contribution of each feature to a blend's log-odds over the latest rows. */
export function contributionsOf(blend: Blend, { matrix }: LearningRows, names: readonly string[]) {
  return meanContributions(createBlendExplainer(blend), matrix, names)
}

/** Mean absolute contribution of each feature over the latest rows, the largest first, none of zero. */
export function meanContributions(
  explainer: { explain(row: Float32Array): Float64Array },
  { nRows, columns }: FeatureMatrix,
  names: readonly string[],
): ModelManifest['contributions'] {
  const sums = new Float64Array(names.length)
  const begin = Math.max(0, nRows - EXPLAINED_ROWS)
  for (let r = begin; r < nRows; r++) {
    const said = explainer.explain(Float32Array.from(columns, (column) => column[r] as number))
    for (let f = 0; f < sums.length; f++) sums[f] = (sums[f] as number) + Math.abs(said[f] as number)
  }
  return names
    .map((feature, f) => ({ feature, meanAbsolute: (sums[f] as number) / (nRows - begin) }))
    .filter(({ meanAbsolute }) => meanAbsolute > 0)
    .sort((a, b) => b.meanAbsolute - a.meanAbsolute)
}
