import type { Member } from '../blend/blend.ts'
import { memberScores } from '../blend/predict.ts'
import { trainForest } from '../trees/forest.ts'
import type { LearningRows } from './dataset.ts'
import { withoutCodes } from './learned-columns.ts'
import { linearMember } from './linear-member.ts'
import type { Recipe } from './recipe.ts'
import type { Window } from './windows.ts'

/** A member that asks for weight beside the base. */
export interface Contender {
  name: string
  /** Whether its score is added to the base's, or stands in the place of as much of it as it has weight. */
  adds: boolean
  /** Log-odds of the rows that judge in each window at full weight, learned from what was known before it. */
  judged: readonly Float64Array[]
  /** Learns it from other rows, with the base's log-odds of them; undefined where they do not suffice. */
  learn(rows: LearningRows, base: Float64Array): Member | undefined
}

/** Fewer rows than this make no forest: a leaf of it needs many. */
const LEAST_FOREST_ROWS = 1000

/**
 * A forest and a logistic regression, each judged in every window.
 *
 * A contender that cannot be learned before a window says there what the base says.
 *
 * @param count  opens a count of steps for each work that grows trees
 */
export function contendersOf(
  windows: readonly Window[],
  recipe: Recipe,
  count: () => (done: number) => void,
): Contender[] {
  const contenders = [
    { name: 'forest', adds: false, learn: (rows: LearningRows) => forestMember(rows, recipe, count()) },
    {
      name: 'logistic',
      adds: true,
      learn: (rows: LearningRows, base: Float64Array) => linearMember(rows, base, recipe.linearPenalty),
    },
  ]
  return contenders.map((contender) => ({
    ...contender,
    judged: windows.map((window) => judge(window, contender)),
  }))
}

function judge(
  { learn, learnBase, judge: judging, base }: Window,
  { adds, learn: learnMember }: Omit<Contender, 'judged'>,
) {
  const member = learnMember(learn, learnBase)
  if (member === undefined) return base
  const scores = memberScores(member, judging.matrix)
  return adds ? scores.map((score, r) => score + (base[r] as number)) : scores
}

function forestMember(rows: LearningRows, { forest }: Recipe, onTree: (done: number) => void): Member | undefined {
  if (rows.matrix.nRows < LEAST_FOREST_ROWS) return undefined
  const { ensemble } = trainForest({ matrix: withoutCodes(rows.matrix), labels: rows.labels }, forest, onTree)
  return { kind: 'forest', trees: ensemble }
}
