import { expect, test } from 'vitest'
import type { MarketModel } from '../../../shared/recipe/market-model.ts'
import { encodeMarketModel } from '../../../shared/recipe/to-onnx.ts'
import { leafTree } from '../../support/trees.ts'

const MARKET_ONLY: MarketModel = { market: { slope: 1, intercept: 0 }, trees: [], treeWeight: 0 }
const WITH_TREES: MarketModel = { ...MARKET_ONLY, trees: [leafTree(0.5)], treeWeight: 1 }
const textOf = (model: MarketModel) => new TextDecoder('latin1').decode(encodeMarketModel(model, { note: 'mine' }))

test('a model is the same file every time', () => {
  expect(encodeMarketModel(WITH_TREES, { note: 'mine' })).toEqual(encodeMarketModel(WITH_TREES, { note: 'mine' }))
})

test('a model without trees has no tree operator', () => {
  expect(textOf(MARKET_ONLY)).not.toContain('TreeEnsembleRegressor')
  expect(textOf(WITH_TREES)).toContain('TreeEnsembleRegressor')
})

test('metadata travels in the file', () => {
  expect(textOf(MARKET_ONLY)).toContain('mine')
})
