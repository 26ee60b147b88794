import { describe, expect, it } from 'vitest'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { latestDeliveries } from '../../../shared/usecases/alert-history.ts'
import { receiveInput } from '../../../shared/usecases/alert-inbox.ts'
import { readAlertState } from '../../../shared/usecases/alert-state.ts'
import { handleInput, sendAlerts } from '../../../shared/usecases/send-alerts.ts'
import {
  alarm,
  completedRun,
  eventInput,
  failedGate,
  highGradeBet,
  MINUTE_MS,
  memoryAlertDeps,
} from '../../support/alert-deps.ts'
import { breakableStore } from '../../support/breakable-store.ts'
import { EVENTS } from '../../support/events.ts'
import { memoryObjectStore } from '../../support/memory-object-store.ts'

const HEADING = 'Alarm closeline-dev-api-errors'

describe('an input', () => {
  it('is kept, waits for the end of its turn, and is sent once on each channel', async () => {
    const deps = memoryAlertDeps()
    const { receipt, report } = await handleInput(deps, alarm('ALARM', 0))
    expect([receipt, report]).toEqual(['taken', { taken: 1, messages: 1, sent: 3, failed: 0, lost: 0 }])
    expect(deps.sinks.map((sink) => sink.headings())).toEqual([[HEADING], [HEADING], [], [HEADING]])
  })

  it('that is delivered again, now or much later, is sent no more', async () => {
    const deps = memoryAlertDeps()
    for (let again = 0; again < 3; again++) {
      await handleInput(deps, alarm('ALARM', 0))
      deps.clock.advance(10 * MINUTE_MS)
    }
    expect((await handleInput(deps, alarm('ALARM', 0))).receipt).toBe('known')
    expect(deps.sink('sns').headings()).toEqual([HEADING])
  })

  it('delivered to ten functions at once is sent once', async () => {
    const deps = memoryAlertDeps()
    const { objects } = deps
    const others = Array.from({ length: 10 }, () => ({ ...deps, objects }))
    await Promise.all(others.map((each) => handleInput(each, alarm('ALARM', 0))))
    await sendAlerts(deps)
    expect(deps.sink('telegram').headings()).toEqual([HEADING])
  })

  it('that no rule is about is not kept', async () => {
    const deps = memoryAlertDeps()
    const { receipt } = await handleInput(deps, alarm('INSUFFICIENT_DATA', 0))
    expect(receipt).toBe('untold')
    expect(await deps.objects.list('')).toEqual([])
  })

  it('of four days ago has nothing to tell any more', async () => {
    const deps = memoryAlertDeps()
    expect((await handleInput(deps, alarm('ALARM', -4 * 24 * 60))).receipt).toBe('too_old')
    expect((await handleInput(deps, alarm('ALARM', -2 * 24 * 60, 'other'))).receipt).toBe('taken')
    expect(deps.logger.of('alert_input_too_old')).toHaveLength(1)
  })

  it('that cannot be kept fails, so that it is delivered again', async () => {
    const objects = breakableStore(memoryObjectStore())
    const deps = memoryAlertDeps({ objects })
    objects.fail((key) => key.startsWith('alerts/inbox/'))
    await expect(handleInput(deps, alarm('ALARM', 0))).rejects.toBeInstanceOf(UpstreamError)
    objects.recover()
    await handleInput(deps, alarm('ALARM', 0))
    expect(deps.sink('sns').headings()).toEqual([HEADING])
  })

  it('that is kept fails no more: what could not be sent then is sent later', async () => {
    const objects = breakableStore(memoryObjectStore())
    const deps = memoryAlertDeps({ objects })
    objects.fail((key) => key.startsWith('alerts/state/'))
    expect(await handleInput(deps, alarm('ALARM', 0))).toEqual({ receipt: 'taken', report: undefined })
    expect(deps.metrics.of('alert_turns_failed')).toHaveLength(1)
    objects.recover()
    await sendAlerts(deps)
    expect(deps.sink('sns').headings()).toEqual([HEADING])
  })

  it('of every type that there is can be kept and told', async () => {
    const deps = memoryAlertDeps()
    const atMs = Math.max(...EVENTS.map(({ at }) => Date.parse(at)))
    deps.clock.advance(atMs - deps.clock() + 1)
    for (const event of EVENTS) await receiveInput(deps, eventInput(event))
    const report = await sendAlerts(deps)
    expect(report.messages).toBe(EVENTS.filter(({ type }) => type !== 'PipelineCompleted').length)
  })
})

describe('a crash', () => {
  it('between any two steps loses nothing, and sends nothing twice but what was being sent', async () => {
    for (let dies = 1; dies < 40; dies++) {
      const kept = memoryObjectStore()
      const deps = memoryAlertDeps({ objects: mortal(kept, dies) })
      await handleInput(deps, alarm('ALARM', 0)).catch(() => {})
      const reborn = { ...deps, objects: kept }
      await handleInput(reborn, alarm('ALARM', 0))
      deps.clock.advance(10 * MINUTE_MS)
      await sendAlerts(reborn)
      deps.clock.advance(10 * MINUTE_MS)
      await sendAlerts(reborn)
      const sent = deps.sink('sns').headings()
      // Twice only where it died after sending and before it could say so.
      expect(sent.length === 1 || sent.length === 2, `died at write ${dies}: ${sent.length}`).toBe(true)
      expect((await readAlertState(kept)).outbox, `died at write ${dies}`).toEqual([])
      expect(Object.keys((await readAlertState(kept)).matters)).toHaveLength(1)
    }
  })
})

/** A store that stops writing for good at the nth write, as a function that is killed does. */
function mortal(objects: ReturnType<typeof memoryObjectStore>, dies: number): ReturnType<typeof memoryObjectStore> {
  let writes = 0
  const guard = <T>(work: () => Promise<T>) => {
    writes += 1
    return writes >= dies ? Promise.reject(new UpstreamError('S3', 'killed')) : work()
  }
  return {
    ...objects,
    put: (key, body) => guard(() => objects.put(key, body)),
    putNew: (key, body) => guard(() => objects.putNew(key, body)),
    remove: (keys) => guard(() => objects.remove(keys)),
  }
}

describe('a channel that fails', () => {
  it('keeps no other from its message, and gets its own later', async () => {
    const deps = memoryAlertDeps()
    deps.sink('telegram').answers.push(new UpstreamError('Telegram', 'status 502'))
    const { report } = await handleInput(deps, alarm('ALARM', 0))
    expect(report).toMatchObject({ sent: 2, failed: 1, lost: 0 })
    expect(deps.sink('sns').headings()).toEqual([HEADING])
    expect((await sendAlerts(deps)).sent).toBe(0)
    deps.clock.advance(MINUTE_MS)
    expect((await sendAlerts(deps)).sent).toBe(1)
    expect(deps.sink('telegram').headings()).toEqual([HEADING])
    expect(deps.sink('sns').headings()).toEqual([HEADING])
  })

  it('is left alone for as long as it asks', async () => {
    const deps = memoryAlertDeps()
    deps.sink('telegram').answers.push({ retryAfterMs: 20 * MINUTE_MS })
    await handleInput(deps, alarm('ALARM', 0))
    deps.clock.advance(19 * MINUTE_MS)
    expect((await sendAlerts(deps)).sent).toBe(0)
    deps.clock.advance(MINUTE_MS)
    expect((await sendAlerts(deps)).sent).toBe(1)
  })

  it('tells of no end before it has told of the beginning, and of both when it can', async () => {
    const deps = memoryAlertDeps()
    const { answers, headings } = deps.sink('telegram')
    answers.push(new UpstreamError('Telegram', 'no answer'))
    await handleInput(deps, alarm('ALARM', 0))
    deps.clock.advance(10_000)
    const ended = await handleInput(deps, alarm('OK', 0.1))
    expect(ended.report).toMatchObject({ sent: 2, failed: 0 })
    expect([deps.sink('sns').headings(), headings()]).toEqual([[HEADING, `Resolved: ${HEADING}`], []])
    deps.clock.advance(MINUTE_MS)
    expect((await sendAlerts(deps)).sent).toBe(2)
    expect(headings()).toEqual([HEADING, `Resolved: ${HEADING}`])
  })

  it('tells first of an end, then of another beginning that became known with it', async () => {
    const deps = memoryAlertDeps({ channels: ['telegram'] })
    await handleInput(deps, alarm('ALARM', 0))
    deps.clock.advance(120 * MINUTE_MS)
    await receiveInput(deps, alarm('OK', 110))
    await receiveInput(deps, alarm('ALARM', 119))
    await sendAlerts(deps)
    expect(deps.sink('telegram').headings()).toEqual([HEADING, `Resolved: ${HEADING}`, HEADING])
  })

  it('for six times has lost the message, which is counted, logged and on record', async () => {
    const deps = memoryAlertDeps({ channels: ['sns', 'console'] })
    deps.sink('sns').answers.push(...Array.from({ length: 6 }, () => new UpstreamError('SNS', 'down')))
    await handleInput(deps, alarm('ALARM', 0))
    for (let hour = 0; hour < 8; hour++) {
      for (let i = 0; i < 12; i++) {
        deps.clock.advance(5 * MINUTE_MS)
        await sendAlerts(deps)
      }
    }
    expect(deps.sink('sns').messages).toEqual([])
    expect(deps.metrics.of('alerts_failed')).toHaveLength(6)
    expect(deps.metrics.of('alerts_lost')).toMatchObject([{ value: 1, dimensions: { channel: 'sns' } }])
    expect(deps.logger.of('alert_lost')).toMatchObject([
      { level: 'error', fields: { cause: 'down', severity: 'critical' } },
    ])
    const records = await latestDeliveries(deps.objects, 10)
    expect(records.map(({ channel, outcome, attempts }) => [channel, outcome, attempts])).toEqual([
      ['sns', 'lost', 6],
      ['console', 'sent', 1],
    ])
  })

  it('for good loses the message at once', async () => {
    const deps = memoryAlertDeps()
    deps.sink('sns').answers.push(new UpstreamError('SNS', 'no such topic', { retryable: false }))
    expect((await handleInput(deps, alarm('ALARM', 0))).report).toMatchObject({ lost: 1 })
  })

  it('with anything else than it should is a failure like any other', async () => {
    const deps = memoryAlertDeps()
    deps.sink('sns').answers.push(new TypeError('undefined is not a function'))
    expect((await handleInput(deps, alarm('ALARM', 0))).report).toMatchObject({ sent: 2, failed: 1, lost: 0 })
  })

  it('spends one try of one message, not one of each', async () => {
    const deps = memoryAlertDeps({ channels: ['telegram'] })
    for (let i = 0; i < 5; i++) await receiveInput(deps, highGradeBet(0, { market: `Market ${i}` }))
    deps.sink('telegram').answers.push(new UpstreamError('Telegram', 'down'))
    await sendAlerts(deps)
    expect((await readAlertState(deps.objects)).outbox.map(({ attempts }) => attempts).sort()).toEqual([0, 0, 0, 0, 1])
    await sendAlerts(deps)
    deps.clock.advance(MINUTE_MS)
    await sendAlerts(deps)
    expect(new Set(deps.sink('telegram').headings()).size).toBe(5)
    expect(deps.sink('telegram').headings()).toHaveLength(5)
  })
})

describe('two functions at once', () => {
  it('that take in the same inbox tell each input once', async () => {
    const deps = memoryAlertDeps()
    const inputs = Array.from({ length: 8 }, (_, i) => highGradeBet(0, { market: `Market ${i}` }))
    await Promise.all([...inputs, ...inputs].map((input) => receiveInput(deps, input)))
    await Promise.all(Array.from({ length: 6 }, () => sendAlerts(deps)))
    expect(deps.sink('telegram').headings().sort()).toEqual(inputs.map((_, i) => `Grade A: NBA, Market ${i}`))
    expect(await deps.objects.list('alerts/inbox/')).toEqual([])
  })

  it('keep few states, however many they write', async () => {
    const deps = memoryAlertDeps()
    for (let minute = 0; minute < 30; minute++) {
      await handleInput(deps, minute % 2 === 0 ? failedGate(minute) : completedRun(minute))
      deps.clock.advance(MINUTE_MS)
    }
    expect((await deps.objects.list('alerts/state/')).length).toBeLessThanOrEqual(4)
  })

  it('do not lose what one of them had not seen yet when it began', async () => {
    const objects = memoryObjectStore()
    const deps = memoryAlertDeps({ objects })
    let isFirst = true
    const overtaken = {
      ...deps,
      objects: {
        ...objects,
        async putNew(key: string, body: Uint8Array | string) {
          if (key.startsWith('alerts/state/') && isFirst) {
            isFirst = false
            // While this one was at work, another has taken in more.
            await receiveInput(deps, highGradeBet(0, { market: 'Later' }))
            await sendAlerts(deps)
          }
          return objects.putNew(key, body)
        },
      },
    }
    await receiveInput(deps, highGradeBet(0, { market: 'Earlier' }))
    await sendAlerts(overtaken)
    await receiveInput(deps, highGradeBet(1, { market: 'Last' }))
    await sendAlerts(deps)
    const headings = deps.sink('telegram').headings()
    expect(headings.sort()).toEqual(['Earlier', 'Last', 'Later'].map((market) => `Grade A: NBA, ${market}`))
    const { matters } = await readAlertState(objects)
    expect(Object.keys(matters)).toHaveLength(3)
  })

  it('know an input that came again just when its first was cleared away', async () => {
    const deps = memoryAlertDeps()
    await receiveInput(deps, alarm('ALARM', 0))
    const [key = ''] = await deps.objects.list('alerts/inbox/')
    const body = (await deps.objects.get(key)) ?? ''
    await sendAlerts(deps)
    await handleInput(deps, alarm('OK', 1))
    // Its deliverer had asked before it was marked as known, and puts it down only now.
    await deps.objects.putNew(key, body)
    deps.clock.advance(60 * MINUTE_MS)
    expect((await sendAlerts(deps)).taken).toBe(0)
    expect(await deps.objects.list('alerts/inbox/')).toEqual([])
  })
})
