import * as z from 'zod'
import type { NodeNames } from './market-names.ts'
import { nodeKey, nodeNamesSchema } from './market-names.ts'

const finite = z.number()
const notNegative = z.number().min(0)

/** What the prices of a node's bets are like; {@link import('./price-profile.ts').PROFILE_KEYS} explains the fields. */
export const priceProfileSchema = z.object({
  implied: z.number().gt(0).lt(1),
  probability: z.number().gt(0).lt(1),
  probabilitySlope: notNegative,
  expectedReturn: z.number().min(-1),
  returnSlope: notNegative,
  expectedReturnSquare: notNegative,
  returnVariance: notNegative,
  returnSkew: finite,
})

export type PriceProfile = z.infer<typeof priceProfileSchema>

const marketNodeSchema = z.object({
  names: nodeNamesSchema,
  /** Bets won or lost at a known price. */
  bets: z.int().min(1),
  wins: z.int().min(0),
  /** Σ return per unit at the price taken: d − 1 where won, −1 where lost. */
  returns: finite,
  /** Shift of log-odds against the recalibrated price: posterior mean and variance. */
  effect: z.object({ mean: finite, variance: notNegative }),
  /** φ: variance of sums of results over that of independent bets. */
  overdispersion: z.number().min(1),
  prices: priceProfileSchema,
})

/** What is known of a market, or of a wider level, from the bets in it. */
export type MarketNode = z.infer<typeof marketNodeSchema>

/**
 * A fitted market model as it is stored: all that serving needs, without the ledger. A few hundred bytes a market.
 */
export const marketsModelSchema = z
  .object({
    format: z.literal('closeline-markets'),
    version: z.literal(1),
    /** Only results known before this instant were learned from, milliseconds since the epoch. */
    asOfMs: z.int(),
    /**
     * What forecasts stand on. `record`: each market's own shrunken effect. `price`: effects taken as zero, their size as
     * doubt, because no gain over the recalibrated price is proven.
     */
    basis: z.enum(['record', 'price']),
    /** logit q = intercept + slope · logit(1/decimalOdds). */
    calibration: z.object({ intercept: finite, slope: finite }),
    /** Variance of figures of 30 bets over that of independent bets, {@link import('./window-dispersion.ts')}. */
    windowDispersion: z.object({ winrate: z.number().min(1), roi: z.number().min(1) }),
    /** Expected τ² of ledger, sport, sport_market and market: variance of effects around the level above. */
    levelVariances: z.tuple([notNegative, notNegative, notNegative, notNegative]),
    /** Parents before children; the first is the whole ledger. Empty where there is no bet. */
    nodes: z.array(marketNodeSchema),
  })
  .refine(({ nodes }) => new Set(nodes.map(({ names }) => nodeKey(names))).size === nodes.length, {
    path: ['nodes'],
    message: 'a market is named twice',
  })
  .refine(({ nodes }) => nodes.every(({ bets, wins }) => wins <= bets), {
    path: ['nodes'],
    message: 'a market has more wins than bets',
  })

export type MarketsModel = z.infer<typeof marketsModelSchema>

/** Nodes of a model by {@link nodeKey}. */
export type NodeIndex = ReadonlyMap<string, MarketNode>

export function indexNodes({ nodes }: MarketsModel): NodeIndex {
  return new Map(nodes.map((node) => [nodeKey(node.names), node]))
}

/** The first of some nodes' names that has bets. */
export function findNode(index: NodeIndex, lineage: readonly NodeNames[]): MarketNode | undefined {
  for (const names of lineage) {
    const node = index.get(nodeKey(names))
    if (node !== undefined) return node
  }
  return undefined
}
