import { describe, expect, it } from 'vitest'
import { parsePredictionEnvironment } from '../../../shared/config/prediction-environment.ts'

const MODEL_VERSION = 'blend-0f3a9c2b71de'
const MODEL_SHA256 = 'a'.repeat(64)

describe('the environment of the prediction function', () => {
  it('pins a model by its version and its digest', () => {
    expect(parsePredictionEnvironment({ MODEL_VERSION, MODEL_SHA256 })).toEqual({
      pin: { version: MODEL_VERSION, sha256: MODEL_SHA256 },
    })
  })

  it('pins none where neither is set', () => {
    expect(parsePredictionEnvironment({ STAGE: 'dev' })).toEqual({ pin: undefined })
  })

  it.each([
    ['the version alone', { MODEL_VERSION }, /^MODEL_SHA256: MODEL_VERSION and MODEL_SHA256 pin a model together/],
    ['the digest alone', { MODEL_SHA256 }, /^MODEL_SHA256: MODEL_VERSION and MODEL_SHA256 pin a model together/],
    ['an empty version', { MODEL_VERSION: '', MODEL_SHA256 }, /^MODEL_VERSION: is no model version/],
    ['a path for a version', { MODEL_VERSION: '../blend-0f3a9c2b71de', MODEL_SHA256 }, /^MODEL_VERSION: /],
    ['a digest in upper case', { MODEL_VERSION, MODEL_SHA256: 'A'.repeat(64) }, /^MODEL_SHA256: is no SHA-256/],
    ['a digest cut short', { MODEL_VERSION, MODEL_SHA256: 'a'.repeat(63) }, /^MODEL_SHA256: is no SHA-256/],
  ])('refuses %s', (_, environment, message) => {
    expect(() => parsePredictionEnvironment(environment)).toThrow(message)
  })
})
