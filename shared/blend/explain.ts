import { clamp, logit } from '../kernel/numeric.ts'
import { createExplainer } from '../trees/shap.ts'
import type { Blend, LinearScore, Member } from './blend.ts'
import { FOREST_FLOOR } from './blend.ts'
import { memberScores } from './predict.ts'

/** Parts a blend's log-odds before calibration into what each feature adds. */
export interface BlendExplainer {
  /**
   * @param row  nFeatures values, NaN where missing
   * @returns    nFeatures contributions and, last, what is left without any: together the blend's score
   */
  explain(row: Float32Array): Float64Array
}

type MemberExplainer = (row: Float32Array, out: Float64Array, weight: number) => void

/**
 * Contributions of features to a blend's log-odds: Σ weightₖ · those of member k.
 *
 * A column adds slope · x and a linear score coefficient · (x − mean)/scale, a missing value nothing. Trees on log-odds
 * add their exact Shapley values ({@link createExplainer}). A forest's are of its probability p with expectation e; they
 * are stretched by (logit p − logit e)/(p − e), so that they sum to its log-odds. What the 32-bit rounding of a sum of
 * trees adds goes to what is left.
 */
export function createBlendExplainer(blend: Blend): BlendExplainer {
  const members = blend.members
    .filter(({ weight }) => weight !== 0)
    .map(({ weight, member }) => ({ weight, explain: memberExplainer(member) }))
  return {
    explain(row) {
      const out = new Float64Array(blend.nFeatures + 1)
      out[blend.nFeatures] = blend.intercept
      for (const { weight, explain } of members) explain(row, out, weight)
      return out
    },
  }
}

function memberExplainer(member: Member): MemberExplainer {
  switch (member.kind) {
    case 'column':
      return (row, out, weight) => addColumn(member.score, row, out, weight)
    case 'linear':
      return (row, out, weight) => addLinear(member.score, row, out, weight)
    case 'boosted': {
      const trees = createExplainer(member.trees)
      return (row, out, weight) => {
        const said = trees.explain(row)
        addColumn(member.start, row, out, weight)
        addAll(said, out, weight)
        const start = member.start.intercept + member.start.slope * (row[member.start.column] as number)
        add(out, out.length - 1, weight * (scoreOf(member, row) - start - sumOf(said)))
      }
    }
    case 'forest': {
      const trees = createExplainer(member.trees)
      return (row, out, weight) => addForest(trees.explain(row), scoreOf(member, row), out, weight)
    }
    case 'segments': {
      const cases = member.cases.map(({ code, member: own }) => ({
        code: Math.fround(code),
        explain: memberExplainer(own),
      }))
      const fallback = memberExplainer(member.fallback)
      return (row, out, weight) => {
        const found = cases.find(({ code }) => code === row[member.column])
        const explain = found?.explain ?? fallback
        explain(row, out, weight)
      }
    }
  }
}

type ColumnScoreOf = Extract<Member, { kind: 'column' }>['score']

function addColumn({ column, slope, intercept }: ColumnScoreOf, row: Float32Array, out: Float64Array, weight: number) {
  add(out, column, weight * slope * (row[column] as number))
  add(out, out.length - 1, weight * intercept)
}

function addLinear(score: LinearScore, row: Float32Array, out: Float64Array, weight: number): void {
  for (const [j, column] of score.columns.entries()) {
    const x = row[column] as number
    if (Number.isNaN(x)) continue
    const coefficient = (score.coefficients[j] as number) / (score.scales[j] as number)
    add(out, column, weight * coefficient * (x - (score.means[j] as number)))
  }
  add(out, out.length - 1, weight * score.intercept)
}

/** Contributions that cancel to less than this leave no slope to stretch them by. */
const LEAST_DIFFERENCE = 1e-9

/**
 * @param said   contributions to the forest's probability, the expectation last
 * @param score  the forest's log-odds
 */
function addForest(said: Float64Array, score: number, out: Float64Array, weight: number): void {
  const kept = (p: number) => clamp(p, FOREST_FLOOR, 1 - FOREST_FLOOR)
  const expected = said[said.length - 1] as number
  const sum = sumOf(said)
  const difference = sum - expected
  const stretch =
    Math.abs(difference) < LEAST_DIFFERENCE
      ? 1 / (kept(sum) * (1 - kept(sum)))
      : (logit(kept(sum)) - logit(kept(expected))) / difference
  for (let f = 0; f < said.length - 1; f++) add(out, f, weight * stretch * (said[f] as number))
  add(out, out.length - 1, weight * (score - stretch * difference))
}

/** The member's log-odds of one row, with the rounding that belongs to them. */
function scoreOf(member: Member, row: Float32Array): number {
  return memberScores(member, { nRows: 1, columns: Array.from(row, (x) => Float32Array.of(x)) })[0] as number
}

function sumOf(said: Float64Array): number {
  return said.reduce((total, value) => total + value, 0)
}

function addAll(said: Float64Array, out: Float64Array, weight: number): void {
  for (let f = 0; f < said.length; f++) add(out, f, weight * (said[f] as number))
}

function add(out: Float64Array, at: number, value: number): void {
  out[at] = (out[at] as number) + value
}
