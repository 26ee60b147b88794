import { DomainError, invariant } from '../kernel/errors.ts'
import type { TreeEnsemble } from './ensemble.ts'
import type { ShapPlan } from './shap-plan.ts'
import { shapPlan } from './shap-plan.ts'
import type { Quadrature } from './shap-quadrature.ts'
import { gaussLegendre } from './shap-quadrature.ts'
import type { Tree } from './tree.ts'

/** Parts a raw score of an ensemble into what each feature of the row adds to it. */
export interface Explainer {
  /**
   * Contributions to the raw scores of one row, of shape [nOutputs, nFeatures + 1], row-major. The last of each output is
   * the raw score expected over the training rows, base score included; all of an output sum to its raw score.
   *
   * @param row   nFeatures values, NaN where missing
   * @param into  where to write them; another array each time where none is given
   */
  explain(row: Float32Array, into?: Float64Array): Float64Array
}

/** Most numbers of a tree's products, nodes times points: 160 MB with their inverses. */
const MAX_CELLS = 10_000_000

/**
 * Exact path-dependent TreeSHAP: the Shapley values of the game whose players are the features, and in which a coalition
 * S is worth the tree's value for the row with the features outside S unknown; at a split on an unknown feature both
 * sides are followed, weighted by the training rows (`cover`) that went there.
 *
 * To a leaf of value v, reached over features i with o_i = 1 if the row agrees with all of i's splits on the way and else
 * 0, and z_i the product of their shares, feature i owes
 *
 *     φ_i = v · (o_i − z_i) · ∫₀¹ Π_{j≠i} (t·o_j + (1 − t)·z_j) dt,
 *
 * which is Shapley's mean over orders, each feature of a random order coming before i with chance t (Owen). The integrand
 * is a polynomial, so Gauss–Legendre quadrature with half as many points as there are features on the way is exact, and
 * all its terms have one sign, so that deep trees lose no digits. One pass down the tree makes the products for each
 * point, one pass up sums the leaves; a tree of N nodes and d features a way costs N·d/2 steps, against N·d² of the
 * recursion published first, which computes the same values.
 *
 * @throws {DomainError} `tree_too_deep` where a tree of many nodes has ways of so many features that their products would
 *   fill more than {@link MAX_CELLS} numbers
 * @see S. M. Lundberg, G. G. Erion, S.-I. Lee, "Consistent Individualized Feature Attribution for Tree Ensembles", 2018,
 *   algorithm 2
 * @see G. Owen, "Multilinear Extensions of Games", Management Science 18(5), 1972
 * @see P. Yu, C. Xu, A. Bifet, J. Read, "Linear TreeShap", NeurIPS 2022
 */
export function createExplainer(ensemble: TreeEnsemble): Explainer {
  const { nFeatures, nOutputs } = ensemble
  const width = nFeatures + 1
  const plans = ensemble.trees.map(shapPlan)
  const expected = expectedScores(ensemble, plans)
  const quadratures = plans.map(quadratureFor())
  const work = createWork(plans)
  const due = new Float64Array(nFeatures)
  return {
    explain(row, into = new Float64Array(nOutputs * width)) {
      invariant(row.length === nFeatures, `a row of ${row.length} values for ${nFeatures} features`)
      invariant(into.length === nOutputs * width, `${into.length} places for ${nOutputs} × ${width} contributions`)
      for (let k = 0; k < nOutputs; k++) {
        due.fill(0)
        for (let t = 0; t < plans.length; t++) {
          if (ensemble.outputOf[t] === k)
            addShapley(plans[t] as ShapPlan, quadratures[t] as Quadrature, row, { work, due })
        }
        into.set(due, k * width)
        into[k * width + nFeatures] = expected[k] as number
      }
      return into
    },
  }
}

function addShapley(
  plan: ShapPlan,
  quadrature: Quadrature,
  row: Float32Array,
  { work, due }: { work: Work; due: Float64Array },
): void {
  takeSides(plan.tree, row, work.goesLeft)
  goDown(plan, quadrature, work)
  goUp(plan, work, quadrature.points.length, due)
}

function expectedScores(ensemble: TreeEnsemble, plans: readonly ShapPlan[]): Float64Array {
  const expected = Float64Array.from(ensemble.baseScores)
  for (const [t, plan] of plans.entries()) {
    const k = ensemble.outputOf[t] as number
    expected[k] = (expected[k] as number) + plan.expectation
  }
  return expected
}

/** Half as many points as features on the longest way, since the integrand's degree is one below their number. */
function pointsOf(plan: ShapPlan): number {
  return Math.max(1, (plan.features + 1) >> 1)
}

function quadratureFor(): (plan: ShapPlan) => Quadrature {
  const known = new Map<number, Quadrature>()
  return (plan) => {
    const n = pointsOf(plan)
    const quadrature = known.get(n) ?? gaussLegendre(n)
    known.set(n, quadrature)
    return quadrature
  }
}

/** Room for one tree: a number for each node, or `points` of them. */
interface Work {
  /** 1 where the row goes left at the node. */
  readonly goesLeft: Uint8Array
  /** o of the feature of the edge to the node: 1 where the row agrees with all its splits so far. */
  readonly agrees: Uint8Array
  /** 1 / (t·o + (1 − t)·z) of the feature of the edge; 1 at the root. */
  readonly inverse: Float64Array
  /** Weight of the point · factors of all features on the way; on the way up that times value, summed over leaves below. */
  readonly product: Float64Array
}

function createWork(plans: readonly ShapPlan[]): Work {
  let nodes = 1
  let cells = 1
  for (const plan of plans) {
    nodes = Math.max(nodes, plan.parent.length)
    cells = Math.max(cells, plan.parent.length * pointsOf(plan))
  }
  if (cells > MAX_CELLS) {
    throw new DomainError(
      'tree_too_deep',
      `a tree needs ${cells} products to be explained: at most ${MAX_CELLS} are made`,
    )
  }
  return {
    goesLeft: new Uint8Array(nodes),
    agrees: new Uint8Array(nodes).fill(1),
    inverse: new Float64Array(cells),
    product: new Float64Array(cells),
  }
}

/** Notes which way the row goes at every split, those that it does not come to included. */
function takeSides({ feature, threshold, missingLeft, left }: Tree, row: Float32Array, goesLeft: Uint8Array): void {
  for (let node = 0; node < left.length; node++) {
    if ((left[node] as number) < 0) continue
    const x = row[feature[node] as number] as number
    goesLeft[node] = Number.isNaN(x) ? (missingLeft[node] as number) : Number(x <= (threshold[node] as number))
  }
}

/** Fills the products: a node's are its parent's by the factor of its edge, which replaces one of the same feature. */
function goDown({ parent, isLeft, previous, share, tree }: ShapPlan, quadrature: Quadrature, work: Work): void {
  const { points: t, complements: u, weights } = quadrature
  const { goesLeft, agrees, inverse, product } = work
  const points = weights.length
  product.set(weights)
  inverse.fill(1, 0, points)
  for (let node = 1; node < parent.length; node++) {
    const up = parent[node] as number
    const before = previous[node] as number
    const o = goesLeft[up] === isLeft[node] ? (agrees[before] as number) : 0
    const z = share[node] as number
    agrees[node] = o
    const own = node * points
    const above = up * points
    const replaced = before * points
    // Where neither the row nor training rows go all products are 0, and the factor, 0 too, must not divide.
    const idle = o === 0 && z === 0
    for (let k = 0; k < points; k++) {
      const factor = o * (t[k] as number) + z * (u[k] as number)
      inverse[own + k] = idle ? 0 : 1 / factor
      product[own + k] = (product[above + k] as number) * factor * (inverse[replaced + k] as number)
    }
  }
  timesValues(tree, points, product)
}

function timesValues({ left, value }: Tree, points: number, product: Float64Array): void {
  for (let node = 0; node < left.length; node++) {
    if ((left[node] as number) >= 0) continue
    const end = (node + 1) * points
    for (let k = node * points; k < end; k++) product[k] = (product[k] as number) * (value[node] as number)
  }
}

/**
 * Sums leaves from the last node to the root and, at each edge, gives its feature its due for all leaves below. What the
 * edge before of the same feature will claim for those leaves, wrongly since this edge's factor stands in its place
 * there, is taken off in advance.
 */
function goUp(
  { parent, isLater, previous, share, tree }: ShapPlan,
  work: Work,
  points: number,
  due: Float64Array,
): void {
  const { agrees, inverse, product } = work
  for (let node = parent.length - 1; node > 0; node--) {
    const up = parent[node] as number
    const before = previous[node] as number
    const gap = (agrees[node] as number) - (share[node] as number)
    const gapBefore = (agrees[before] as number) - (share[before] as number)
    // The first of two children to come finds the parent's own product in the place of the sum.
    const kept = 1 - (isLater[node] as number)
    const own = node * points
    const above = up * points
    const replaced = before * points
    let sum = 0
    for (let k = 0; k < points; k++) {
      const below = product[own + k] as number
      product[above + k] = kept * (product[above + k] as number) + below
      sum += below * (gap * (inverse[own + k] as number) - gapBefore * (inverse[replaced + k] as number))
    }
    const feature = tree.feature[up] as number
    due[feature] = (due[feature] as number) + sum
  }
}
