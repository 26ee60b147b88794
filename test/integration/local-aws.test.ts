import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { STEPS, startRehearsal } from '../local-aws/rehearsal.ts'

/** Of a canary at 10 %: fewer than `npm run local:aws` sends; 7 to 13 % are then 3.2 standard deviations away. */
const REQUESTS = 1000

/** A synthesis, five functions and a thousand requests, on a machine that may have other things to do. */
const PATIENCE_MS = 600_000

/** The synthesized stacks with the code that they deploy, in an account of AWS on this machine. */
describe('an installation on AWS', () => {
  let scene: Awaited<ReturnType<typeof startRehearsal>>

  beforeAll(async () => {
    scene = await startRehearsal({ requests: REQUESTS })
  }, PATIENCE_MS)

  afterAll(() => scene[Symbol.asyncDispose](), PATIENCE_MS)

  // Each step stands on those before it, so they are told in their order.
  it.each(STEPS)(
    '$title: every claim holds',
    async (step) => {
      const claims = await step.run(scene)
      expect(claims.length).toBeGreaterThan(0)
      expect(claims.filter(({ holds }) => !holds)).toEqual([])
    },
    PATIENCE_MS,
  )
})
