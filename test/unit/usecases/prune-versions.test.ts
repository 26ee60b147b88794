import { describe, expect, it } from 'vitest'
import type { Traffic } from '../../../shared/config/traffic.ts'
import { pruneVersions } from '../../../shared/usecases/prune-versions.ts'
import { memoryOperations } from '../../support/memory-operations.ts'

const NAME = 'closeline-dev-prediction'
const TRAFFIC: Traffic = { stable: '14', canary: '3', weight: 0.1, previous: '2' }

function shelf(count = 14) {
  const made = memoryOperations()
  for (let number = 1; number <= count; number++) made.lambda.publish(NAME)
  made.traffic.file = { dev: { prediction: TRAFFIC }, prod: { prediction: { ...TRAFFIC, stable: '1' } } }
  made.lambda.setLive(NAME, TRAFFIC)
  const prune = (dryRun = false) => pruneVersions(made.operations, { stage: 'dev', function: 'prediction', dryRun })
  const left = () => made.lambda.functionNamed(NAME).published.map(({ number }) => number)
  return { ...made, prune, left }
}

describe('pruning', () => {
  it('removes what neither the newest ten nor the file of the stage nor an alias names', async () => {
    const { prune, left } = shelf()
    expect(await prune()).toMatchObject({ function: 'prediction', removed: ['1', '4'], failed: [] })
    expect(left()).toEqual(['2', '3', '5', '6', '7', '8', '9', '10', '11', '12', '13', '14'])
  })

  it('only says so in a dry run', async () => {
    const { prune, left } = shelf()
    expect(await prune(true)).toMatchObject({ removed: ['1', '4'] })
    expect(left()).toHaveLength(14)
  })

  it('goes on past a version that Lambda does not let go', async () => {
    const { prune, lambda, left } = shelf()
    lambda.functionNamed(NAME).otherAliases.push('locked-1')
    const report = await prune()
    expect(report).toMatchObject({ removed: ['4'], failed: [{ version: '1', reason: 'an alias names version 1' }] })
    expect(report.kept).toEqual(left())
  })

  it('has nothing to do where there is no function', async () => {
    const { operations } = memoryOperations()
    const report = await pruneVersions(operations, { stage: 'dev', function: 'scoring', dryRun: false })
    expect(report).toEqual({ function: 'scoring', kept: [], removed: [], failed: [] })
  })
})
