/** Windows taken as no more dispersed than luck makes them before any were seen. */
const PRIOR_WINDOWS = 10

/** A window is forecast from this many windows of its market before it. */
const WINDOWS_BEFORE = 3

/** Results of decided bets in order of placement, with their recalibrated win probabilities. */
export interface PricedResults {
  nodes: Int32Array
  won: Uint8Array
  decimalOdds: Float64Array
  probabilities: Float64Array
}

/** Means over the bets of a window. */
interface WindowMeans {
  won: number
  probability: number
  return: number
  expectedReturn: number
  expectedReturnSquare: number
  returnVariance: number
}

/** Factors ≥ 1 on the variance that independent bets at the prices of the past would have. */
export interface WindowDispersion {
  winrate: number
  roi: number
}

/**
 * How much more windows of a market's bets vary around what its earlier prices lead to expect than independent bets
 * would: because bets share games, and because a bettor's prices change.
 *
 * Each market is cut into windows of `size` bets. A window's win rate w is held against the mean probability p of the three
 * windows before, z² = (w − p)² / (p(1 − p)/size), its ROI likewise against their expected return and its variance. The
 * factor is max(1, (Σ z² + 10)/(windows + 10)).
 *
 * @param size  bets in a window, ≥ 1
 */
export function windowDispersion(results: PricedResults, size: number): WindowDispersion {
  let [windows, winrateSquares, roiSquares] = [PRIOR_WINDOWS, PRIOR_WINDOWS, PRIOR_WINDOWS]
  for (const ofMarket of windowsByNode(results, size)) {
    for (const [w, window] of ofMarket.entries()) {
      if (w === 0) continue
      const before = meansOf(ofMarket.slice(Math.max(0, w - WINDOWS_BEFORE), w))
      const luck = before.returnVariance + before.expectedReturnSquare - before.expectedReturn ** 2
      windows += 1
      winrateSquares +=
        (size * (window.won - before.probability) ** 2) / (before.probability * (1 - before.probability))
      roiSquares += (size * (window.return - before.expectedReturn) ** 2) / luck
    }
  }
  return { winrate: Math.max(1, winrateSquares / windows), roi: Math.max(1, roiSquares / windows) }
}

function windowsByNode({ nodes, won, decimalOdds, probabilities }: PricedResults, size: number): WindowMeans[][] {
  const rows = new Map<number, WindowMeans[]>()
  const windows = new Map<number, WindowMeans[]>()
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i] as number
    const open = rows.get(node) ?? []
    open.push(meansOfOne(won[i] as number, decimalOdds[i] as number, probabilities[i] as number))
    rows.set(node, open)
    if (open.length < size) continue
    const whole = windows.get(node) ?? []
    whole.push(meansOf(open))
    windows.set(node, whole)
    rows.delete(node)
  }
  return [...windows.values()]
}

function meansOfOne(won: number, d: number, q: number): WindowMeans {
  const expectedReturn = d * q - 1
  return {
    ...{ won, probability: q, return: won * d - 1, expectedReturn },
    ...{ expectedReturnSquare: expectedReturn ** 2, returnVariance: d * d * q * (1 - q) },
  }
}

function meansOf(parts: readonly WindowMeans[]): WindowMeans {
  const mean = (key: keyof WindowMeans) => parts.reduce((sum, part) => sum + part[key], 0) / parts.length
  return {
    ...{ won: mean('won'), probability: mean('probability'), return: mean('return') },
    ...{ expectedReturn: mean('expectedReturn'), expectedReturnSquare: mean('expectedReturnSquare') },
    returnVariance: mean('returnVariance'),
  }
}
