import { expect, test } from 'vitest'
import { importModel } from '../../../shared/interchange/import-model.ts'
import binary from '../../golden/lightgbm-models/binary.json' with { type: 'json' }
import parallel from '../../golden/xgboost-models/parallel.json' with { type: 'json' }

test('tells the libraries apart by how their files begin', () => {
  expect(importModel(`\n ${JSON.stringify(parallel.model)}`).library).toBe('xgboost')
  expect(importModel(binary.model).library).toBe('lightgbm')
})

test('passes on which rounds to keep', () => {
  const stopped = structuredClone(parallel.model)
  stopped.learner.attributes.best_iteration = '0'
  expect(importModel(JSON.stringify(stopped), { upToBest: true }).ensemble.trees).toHaveLength(3)
})

test.each(['', 'ONNX', 'treelite', '[1]'])('refuses %j, saying how it begins', (text) => {
  expect(() => importModel(text)).toThrow(
    expect.objectContaining({ code: 'unknown_model_format', message: expect.stringContaining(JSON.stringify(text)) }),
  )
})
