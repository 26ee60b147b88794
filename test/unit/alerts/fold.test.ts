import { describe, expect, it } from 'vitest'
import { CHANNELS } from '../../../shared/alerts/channel.ts'
import type { Folded } from '../../../shared/alerts/fold.ts'
import { foldInputs } from '../../../shared/alerts/fold.ts'
import type { AlertInput } from '../../../shared/alerts/input.ts'
import { headingOf } from '../../../shared/alerts/message.ts'
import { parseQuietHours } from '../../../shared/alerts/quiet-hours.ts'
import type { AlertState } from '../../../shared/alerts/state.ts'
import { EMPTY_STATE } from '../../../shared/alerts/state.ts'
import {
  ALERTS_AT_MS,
  alarm,
  atMinute,
  completedRun,
  eventInput,
  failedGate,
  highGradeBet,
  MINUTE_MS,
  staleData,
} from '../../support/alert-deps.ts'

let ids = 0

/** Takes inputs in at a minute, as they stand; `before` is what an earlier fold led to. */
function fold(
  inputs: readonly AlertInput[],
  minutes: number,
  before: AlertState = EMPTY_STATE,
  quietText = '',
): Folded {
  const nowMs = ALERTS_AT_MS + minutes * MINUTE_MS
  const received = inputs.map((input) => ({ id: `id-${ids++}`, receivedMs: nowMs, input }))
  const quiet = parseQuietHours(quietText, 'UTC')
  return foldInputs(before, received, { nowMs, quiet, channels: CHANNELS })
}

const headings = ({ messages }: Folded) => messages.map(headingOf)
const outgoing = ({ state }: Folded, channel: string) =>
  state.outbox.filter((delivery) => delivery.channel === channel).map(({ message }) => headingOf(message))

const drift = (minutes: number, modelVersion: string) =>
  eventInput({
    ...{ type: 'DriftDetected', at: atMinute(minutes), reportId: 'r.json', modelVersion, checked: 25, driftedCount: 1 },
    drifted: [{ name: 'sport', severity: 'high', effect: 0.4 }],
    ...{ requiresRetraining: true, reason: 'Inputs that matter have moved.' },
  })
const promoted = (minutes: number, modelVersion: string) =>
  eventInput({ type: 'ModelPromoted', at: atMinute(minutes), modelVersion, previous: 'a', reason: 'It leads.' })

describe('a state', () => {
  it('is told when it begins and when it ends, with how long it lasted', () => {
    const begun = fold([alarm('ALARM', 0)], 0)
    expect(headings(begun)).toEqual(['Alarm closeline-dev-api-errors'])
    const ended = fold([alarm('OK', 90)], 90, begun.state)
    expect(headings(ended)).toEqual(['Resolved: Alarm closeline-dev-api-errors'])
    expect(ended.messages[0]?.content.lines).toEqual(['Lasted 1 h 30 min'])
    expect(outgoing(ended, 'sns')).toHaveLength(2)
  })

  it('is not told again by what repeats it, until it is time to remind', () => {
    let folded = fold([failedGate(0)], 0)
    for (let hour = 1; hour < 24; hour++) {
      folded = fold([failedGate(hour * 60)], hour * 60, folded.state)
      expect(headings(folded)).toEqual([])
    }
    folded = fold([failedGate(24 * 60)], 24 * 60, folded.state)
    expect(headings(folded)).toEqual(['Still: Data quality gate failed: 1 check'])
    expect(folded.messages[0]?.content.lines.at(-1)).toBe('23 more like it since the last message')
  })

  it('is told again where it becomes graver, and not where it becomes milder', () => {
    const notice = fold([staleData(0, 24)], 0)
    expect(notice.messages).toMatchObject([{ kind: 'raised', severity: 'notice' }])
    const warning = fold([staleData(60, 48)], 60, notice.state)
    expect(warning.messages).toMatchObject([{ kind: 'worse', severity: 'warning' }])
    const milder = fold([staleData(120, 24)], 120, warning.state)
    expect(milder.messages).toEqual([])
    expect(fold([completedRun(180)], 180, milder.state).messages).toMatchObject([
      { kind: 'resolved', severity: 'warning' },
    ])
  })

  it('that comes and goes is told once a cooldown, and what it is at its end', () => {
    let folded = fold([alarm('ALARM', 0)], 0)
    const told = headings(folded)
    for (let minute = 1; minute <= 13; minute++) {
      folded = fold([alarm(minute % 2 === 0 ? 'ALARM' : 'OK', minute)], minute, folded.state)
      told.push(...headings(folded))
    }
    expect(told).toEqual(['Alarm closeline-dev-api-errors', 'Resolved: Alarm closeline-dev-api-errors'])
    folded = fold([alarm('ALARM', 14)], 14, folded.state)
    expect(headings(folded)).toEqual([])
    // Nothing happens any more, and the cooldown ends.
    folded = fold([], 15, folded.state)
    expect(headings(folded)).toEqual(['Alarm closeline-dev-api-errors'])
    expect(headings(fold([], 16, folded.state))).toEqual([])
  })

  it('that has ended is not begun again by an older event that comes late', () => {
    const ended = fold([alarm('OK', 10)], 10)
    expect(headings(fold([alarm('ALARM', 5)], 11, ended.state))).toEqual([])
    const run = fold([completedRun(10)], 10)
    expect(headings(fold([failedGate(5)], 11, run.state))).toEqual([])
    expect(headings(fold([failedGate(12)], 12, run.state))).toHaveLength(1)
  })

  it('is not ended by an older event that comes late', () => {
    const begun = fold([alarm('ALARM', 10)], 10)
    const late = fold([alarm('OK', 5)], 11, begun.state)
    expect(headings(late)).toEqual([])
    expect(Object.values(late.state.matters)).toMatchObject([{ status: 'raised' }])
  })

  it('holds where one event ends it and another of the same instant begins it', () => {
    const both = fold([staleData(0, 24), completedRun(0)], 0)
    expect(headings(both)).toEqual(['Data are 24.5 h old'])
    expect(headings(fold([completedRun(0, { runId: 'other' })], 1, both.state))).toEqual([])
  })

  it('of drift ends with another model in service, and is not told again of that one while the same bets are looked at', () => {
    const begun = fold([drift(0, 'a')], 0)
    const moved = fold([promoted(2, 'b')], 2, begun.state)
    expect(headings(moved)).toEqual(['Resolved: Drift: the model needs retraining', 'Model b serves now'])
    const day = 24 * 60
    let again = moved
    for (let days = 1; days < 7; days++) {
      again = fold([drift(days * day, 'b')], days * day, again.state)
      expect(headings(again)).toEqual([])
    }
    expect(again.state.matters.drift).toMatchObject({ status: 'raised', isTold: false })
    expect(headings(fold([drift(7 * day, 'b')], 7 * day, again.state))).toEqual(['Drift: the model needs retraining'])
  })

  it('that nobody confirms any more lapses without a word, and may begin again', () => {
    const begun = fold([drift(0, 'a')], 0)
    const fourDays = 4 * 24 * 60
    const lapsed = fold([], fourDays, begun.state)
    expect([headings(lapsed), lapsed.state.matters.drift]).toEqual([[], undefined])
    expect(headings(fold([drift(fourDays, 'a')], fourDays, lapsed.state))).toEqual([
      'Drift: the model needs retraining',
    ])
  })

  it('of too little data says neither', () => {
    const begun = fold([alarm('ALARM', 0)], 0)
    const unsure = fold([alarm('INSUFFICIENT_DATA', 5)], 5, begun.state)
    expect([headings(unsure), unsure.state.matters]).toEqual([[], begun.state.matters])
  })
})

describe('an occurrence', () => {
  it('is told each time, but for what is the same within the cooldown', () => {
    const inputs = [
      highGradeBet(0),
      highGradeBet(5),
      highGradeBet(9),
      highGradeBet(10),
      highGradeBet(5, { league: 'WNBA' }),
    ]
    const folded = fold(inputs, 10)
    expect(headings(folded)).toEqual(['Grade A: NBA, Spread', 'Grade A: WNBA, Spread', 'Grade A: NBA, Spread'])
    expect(folded.messages[2]?.content.lines.at(-1)).toBe('2 more like it since the last message')
  })

  it('that comes late is weighed by its own time', () => {
    const later = fold([highGradeBet(30)], 30)
    expect(headings(fold([highGradeBet(25)], 31, later.state))).toEqual([])
    expect(headings(fold([highGradeBet(15)], 31, later.state))).toEqual(['Grade A: NBA, Spread'])
  })
})

describe('times', () => {
  it('ahead of ours by more than a little count as the time of receipt', () => {
    const yearAhead = 365 * 24 * 60
    const skewed = fold([alarm('OK', yearAhead)], 0)
    expect(skewed.state.matters['cloudwatch-alarm:closeline-dev-api-errors']?.eventAtMs).toBe(ALERTS_AT_MS)
    expect(headings(fold([alarm('ALARM', 1)], 1, skewed.state))).toEqual(['Alarm closeline-dev-api-errors'])
  })
})

describe('routing', () => {
  it('sends what is critical to people at once, in quiet hours too', () => {
    const folded = fold([alarm('ALARM', 0)], 0, EMPTY_STATE, '11:00-13:00')
    expect(folded.state.outbox.map(({ channel }) => channel)).toEqual(['sns', 'telegram', 'console'])
  })

  it('holds the rest until quiet hours are over, for people only, and then tells it in one message', () => {
    const quiet = '11:00-13:00'
    const held = fold([failedGate(0), highGradeBet(0)], 0, EMPTY_STATE, quiet)
    expect(held.state.outbox.map(({ channel }) => channel)).toEqual(['console', 'n8n', 'console'])
    const still = fold([], 59, held.state, quiet)
    expect(outgoing(still, 'telegram')).toEqual([])
    const morning = fold([], 60, still.state, quiet)
    expect(outgoing(morning, 'telegram')).toEqual(['2 alerts'])
    // One message alone is told as itself.
    expect(outgoing(morning, 'sns')).toEqual(['Data quality gate failed: 1 check'])
    expect(fold([], 61, morning.state, quiet).state.outbox).toEqual(morning.state.outbox)
  })

  it('sends a webhook what it has a type for, and nothing else', () => {
    const folded = fold([failedGate(0), highGradeBet(0), drift(0, 'a'), alarm('ALARM', 0)], 0)
    expect(outgoing(folded, 'n8n').sort()).toEqual(['Drift: the model needs retraining', 'Grade A: NBA, Spread'])
  })
})

describe('a storm', () => {
  const bets = (n: number, minute: number) =>
    Array.from({ length: n }, (_, i) => highGradeBet(minute, { requestId: `r-${i}`, market: `Market ${i}` }))

  it('leaves a bounded number of messages, which tell how many there were', () => {
    let folded = fold(bets(10_000, 0), 0)
    expect(outgoing(folded, 'telegram')).toHaveLength(10)
    expect(outgoing(folded, 'n8n')).toHaveLength(60)
    folded = fold([], 2, folded.state)
    const telegram = folded.state.outbox.filter(({ channel }) => channel === 'telegram')
    expect(telegram).toHaveLength(11)
    const digest = telegram.at(-1)?.message
    expect(digest?.content.title).toBe('9990 alerts')
    expect(digest?.content.lines).toHaveLength(21)
    expect(digest?.content.lines.at(-1)).toBe('9970 more of high-grade-bet')
    expect(outgoing(folded, 'n8n')).toHaveLength(80)
    expect(folded.dropped).toEqual({ n8n: 9920 })
  })

  it('keeps nothing critical from going out', () => {
    const folded = fold([...bets(500, 0), alarm('ALARM', 0)], 0)
    expect(outgoing(folded, 'telegram')).toContain('Alarm closeline-dev-api-errors')
  })

  it('is over when its time is, and messages go out one by one again', () => {
    let folded = fold(bets(50, 0), 0)
    folded = fold([], 2, folded.state)
    const before = outgoing(folded, 'telegram').length
    folded = fold([highGradeBet(11)], 11, folded.state)
    expect(outgoing(folded, 'telegram').slice(before)).toEqual(['Grade A: NBA, Spread'])
  })

  it('does not make the state grow beyond bounds', () => {
    const folded = fold(bets(10_000, 0), 0)
    expect(Object.keys(folded.state.matters)).toHaveLength(5000)
    expect(fold([], 8 * 24 * 60, folded.state).state.matters).toEqual({})
  })
})
