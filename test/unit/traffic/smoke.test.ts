import { describe, expect, it } from 'vitest'
import type { SmokeAnswer, SmokeOptions } from '../../../shared/traffic/smoke.ts'
import { smokeChecks, smokeProblem } from '../../../shared/traffic/smoke.ts'

const PLAIN: SmokeOptions = { modelVersion: null, isFirst: false, apiKey: undefined }
const MODEL = 'blend-0f3a9c2b71de'

const asked = (name: 'prediction' | 'scoring', options: Partial<SmokeOptions> = {}) =>
  smokeChecks(name, { ...PLAIN, ...options })

const paths = (name: 'prediction' | 'scoring', options: Partial<SmokeOptions> = {}) =>
  asked(name, options).map(({ event, statuses }) => [event.rawPath, statuses])

const sound: SmokeAnswer = {
  executedVersion: '8',
  error: undefined,
  statusCode: 200,
  headers: { 'x-function-version': '8' },
  body: { model_version: MODEL },
}

describe('the trial of a version', () => {
  it('asks for health, and that nobody gets an answer without a key', () => {
    expect(paths('prediction')).toEqual([
      ['/live', [200]],
      ['/health', [200]],
      ['/api/v1/predict', [401]],
    ])
    expect(paths('scoring')).toEqual([
      ['/api/health', [200]],
      ['/api/score-bet', [401]],
    ])
  })

  it('asks as a caller would where it is given a key', () => {
    const checks = [...asked('prediction', { apiKey: 'cl_live_x' }), ...asked('scoring', { apiKey: 'cl_live_x' })]
    const keyed = checks.filter(({ event }) => JSON.stringify(event.headers).includes('"x-api-key":"cl_live_x"'))
    expect(keyed.map(({ name, statuses }) => [name, statuses])).toEqual([
      ['predict', [200]],
      ['score', [200]],
    ])
  })

  it('sends no key where it has none', () => {
    expect(JSON.stringify([asked('prediction'), asked('scoring')])).not.toContain('x-api-key')
  })

  it('is content that the first version of all starts, for there is neither data nor a model yet', () => {
    expect(paths('prediction', { isFirst: true })).toEqual([
      ['/live', [200]],
      ['/health', [200, 503]],
    ])
    expect(paths('scoring', { isFirst: true })).toEqual([['/api/health', [200, 503]]])
  })

  it('wants the model that the version is pinned to', () => {
    const checks = asked('prediction', { modelVersion: MODEL, apiKey: 'cl_live_x' })
    expect(checks.map(({ model, modelIn }) => [model, modelIn])).toEqual([
      [undefined, undefined],
      [MODEL, 'model_version'],
      [MODEL, 'x-model-version'],
    ])
  })
})

describe('an answer', () => {
  const [, health] = asked('prediction', { modelVersion: MODEL })
  const predict = asked('prediction', { modelVersion: MODEL, apiKey: 'k' }).at(-1)
  if (health === undefined || predict === undefined) throw new Error('the trial has lost its requests')

  it('is sound where status, version and model are right', () => {
    expect(smokeProblem(health, sound, '8')).toBeUndefined()
    const named = { ...sound, headers: { 'x-function-version': '8', 'x-model-version': MODEL }, body: {} }
    expect(smokeProblem(predict, named, '8')).toBeUndefined()
  })

  it.each<[Partial<SmokeAnswer>, string]>([
    [{ error: 'Error: no' }, 'health: the function failed: Error: no'],
    [{ executedVersion: '7' }, 'health: version 7 answered in place of 8'],
    [{ executedVersion: undefined }, 'health: version unknown answered in place of 8'],
    [{ statusCode: 503 }, 'health: status 503, not 200'],
    [{ statusCode: undefined }, 'health: status missing, not 200'],
    [{ headers: {} }, 'health: x-function-version is missing, not 8'],
    [{ headers: { 'x-function-version': '7' } }, 'health: x-function-version is 7, not 8'],
    [
      { body: { model_version: 'blend-aaaaaaaaaaaa' } },
      `health: the model is blend-aaaaaaaaaaaa, and the version is pinned to ${MODEL}`,
    ],
    [{ body: '<html>' }, `health: the model is not told, and the version is pinned to ${MODEL}`],
    [{ body: { model_version: null } }, `health: the model is not told, and the version is pinned to ${MODEL}`],
  ])('of %j is not', (fault, problem) => {
    expect(smokeProblem(health, { ...sound, ...fault }, '8')).toBe(problem)
  })

  it('may come of any model where the version follows the champion', () => {
    const [, unpinned] = asked('prediction')
    if (unpinned === undefined) throw new Error('the trial has lost its requests')
    expect(smokeProblem(unpinned, { ...sound, body: { model_version: 'blend-aaaaaaaaaaaa' } }, '8')).toBeUndefined()
  })
})
