import type { GraphNode } from '../onnx/graph.ts'
import { encodeOnnx } from '../onnx/graph.ts'
import { treeEnsembleNode } from '../onnx/tree-ensemble.ts'
import { MARKET_LOG_ODDS_INDEX, WIN_PROBABILITY_INPUTS } from './inputs.ts'
import type { MarketModel } from './market-model.ts'

/** Names of the tensors of every exported model. */
export const MODEL_INPUT = 'features'
export const MODEL_OUTPUT = 'win_probability'

/**
 * A market model as one ONNX file, from raw features to calibrated probability.
 *
 * `features` float [rows, nFeatures] (NaN where missing) → `win_probability` float [rows, 1]: the price's log-odds are
 * gathered and recalibrated, the trees' sum is added with its weight, and a sigmoid ends it. NaN where the price is
 * missing.
 */
export function encodeMarketModel(model: MarketModel, metadata: Record<string, string>): Uint8Array {
  const marketNodes: GraphNode[] = [
    {
      op: 'Gather',
      inputs: [MODEL_INPUT, 'market_column'],
      output: 'market_log_odds',
      attributes: { axis: { int: 1 } },
    },
    { op: 'Mul', inputs: ['market_log_odds', 'slope'], output: 'sloped_market' },
    { op: 'Add', inputs: ['sloped_market', 'intercept'], output: 'market_score' },
  ]
  const treeNodes: GraphNode[] = [
    treeEnsembleNode(model.trees, MODEL_INPUT, 'trees'),
    { op: 'Mul', inputs: ['trees', 'tree_weight'], output: 'weighted_trees' },
    { op: 'Add', inputs: ['market_score', 'weighted_trees'], output: 'raw_score' },
  ]
  const hasTrees = model.trees.length > 0
  return encodeOnnx({
    name: 'closeline-win-probability',
    inputs: [{ name: MODEL_INPUT, width: WIN_PROBABILITY_INPUTS.length }],
    outputs: [{ name: MODEL_OUTPUT, width: 1 }],
    constants: [
      { name: 'market_column', integers: [MARKET_LOG_ODDS_INDEX] },
      { name: 'slope', float: model.market.slope },
      { name: 'intercept', float: model.market.intercept },
      ...(hasTrees ? [{ name: 'tree_weight', float: model.treeWeight }] : []),
    ],
    nodes: [
      ...marketNodes,
      ...(hasTrees ? treeNodes : []),
      { op: 'Sigmoid', inputs: [hasTrees ? 'raw_score' : 'market_score'], output: MODEL_OUTPUT },
    ],
    metadata,
  })
}
