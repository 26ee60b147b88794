import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AlertInput } from '../../shared/alerts/input.ts'
import { claimedTimeOf } from '../../shared/alerts/input.ts'
import { headingOf } from '../../shared/alerts/message.ts'
import { receiveInput } from '../../shared/usecases/alert-inbox.ts'
import { readAlertState } from '../../shared/usecases/alert-state.ts'
import { sendAlerts } from '../../shared/usecases/send-alerts.ts'
import type { MemoryAlertDeps } from '../support/alert-deps.ts'
import {
  alarm,
  completedRun,
  failedGate,
  highGradeBet,
  MINUTE_MS,
  memoryAlertDeps,
  staleData,
} from '../support/alert-deps.ts'

const minute = fc.integer({ min: -600, max: 0 })

/** Anything that may happen within ten hours, each at an instant of its own kind. */
const inputs: fc.Arbitrary<AlertInput[]> = fc.array(
  fc.oneof(
    fc
      .tuple(fc.constantFrom('ALARM' as const, 'OK' as const), minute, fc.constantFrom('a', 'b'))
      .map(([state, at, name]) => alarm(state, at, name)),
    minute.map(failedGate),
    fc.tuple(minute, fc.constantFrom(24 as const, 48 as const)).map(([at, hours]) => staleData(at, hours)),
    fc
      .tuple(minute, fc.boolean(), fc.nat(2))
      .map(([at, passedGate, changed]) => completedRun(at, { passedGate, changed })),
    fc.tuple(minute, fc.constantFrom('X', 'Y')).map(([at, market]) => highGradeBet(at, { market })),
  ),
  { minLength: 1, maxLength: 40 },
)

/** Each delivered once or more, in any order. */
const deliveries = inputs.chain((sequence) =>
  fc.tuple(
    fc.constant(sequence),
    fc.array(fc.nat(sequence.length - 1), { maxLength: 40 }).chain((again) => {
      const all = [...sequence, ...again.map((i) => sequence[i]).filter((input) => input !== undefined)]
      return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })
    }),
  ),
)

/** What was sent, in order, channel by channel. */
const sentBy = (deps: MemoryAlertDeps) =>
  deps.sinks.map(({ name, messages }) => [
    name,
    messages.map((message) => [message.atMs, headingOf(message), message.severity, message.key, message.content.lines]),
  ])

describe('alerts', () => {
  it('are those of the clean sequence, in whatever order and however often its inputs come before they are sent', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, fc.integer({ min: 1, max: 4 }), async ([sequence, delivered], functions) => {
        const clean = memoryAlertDeps()
        const ordered = [...sequence].sort((a, b) => claimedTimeOf(a) - claimedTimeOf(b))
        for (const input of ordered) await receiveInput(clean, input)
        await sendAlerts(clean)

        const unruly = memoryAlertDeps()
        await Promise.all(delivered.map((input) => receiveInput(unruly, input)))
        await Promise.all(Array.from({ length: functions }, () => sendAlerts(unruly)))
        expect(sentBy(unruly)).toEqual(sentBy(clean))

        // What comes again afterwards is told no more.
        for (const input of delivered) expect(await receiveInput(unruly, input)).toBe('known')
        await sendAlerts(unruly)
        expect(sentBy(unruly)).toEqual(sentBy(clean))
      }),
      { numRuns: 60 },
    )
  })

  it('end with what is so, and tell no transition twice, wherever sending falls between deliveries out of order', async () => {
    await fc.assert(
      fc.asyncProperty(
        deliveries,
        fc.array(fc.boolean(), { minLength: 80, maxLength: 80 }),
        async ([sequence, delivered], sends) => {
          const deps = memoryAlertDeps()
          for (const [i, input] of delivered.entries()) {
            await receiveInput(deps, input)
            if (sends[i] === true) await sendAlerts(deps)
          }
          await sendAlerts(deps)
          deps.clock.advance(30 * MINUTE_MS)
          await sendAlerts(deps)

          for (const name of ['a', 'b']) {
            const latest = latestChange(sequence, name)
            const matter = (await readAlertState(deps.objects)).matters[`cloudwatch-alarm:${name}`]
            if (latest !== undefined) expect(matter?.status).toBe(latest === 'ALARM' ? 'raised' : 'clear')
            const told = deps.sink('sns').messages.filter(({ key }) => key === `cloudwatch-alarm:${name}`)
            // Begun, ended, begun, ended: never two of a kind in a row.
            for (const [i, { kind }] of told.entries()) expect(kind).toBe(i % 2 === 0 ? 'raised' : 'resolved')
            if (latest !== undefined && told.length > 0) {
              expect(told.at(-1)?.kind).toBe(latest === 'ALARM' ? 'raised' : 'resolved')
            }
            if (latest === 'ALARM') expect(told.length).toBeGreaterThan(0)
          }
          const ids = deps.sink('console').messages.map(({ id }) => id)
          expect(new Set(ids).size).toBe(ids.length)
        },
      ),
      { numRuns: 60 },
    )
  })
})

/** The alarm's latest state; undefined where it has none, or two at one instant. */
function latestChange(sequence: readonly AlertInput[], name: string): 'ALARM' | 'OK' | undefined {
  const changes = sequence.flatMap((input) =>
    input.kind === 'alarm' && input.alarm.name === name ? [input.alarm] : [],
  )
  const latest = changes
    .map(({ at }) => at)
    .sort()
    .at(-1)
  const states = new Set(changes.filter(({ at }) => at === latest).map(({ state }) => state))
  const [only] = states
  return states.size === 1 && only !== 'INSUFFICIENT_DATA' ? only : undefined
}
