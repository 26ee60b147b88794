import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { testMessages } from '../../../shared/alerts/examples.ts'
import { headingOf } from '../../../shared/alerts/message.ts'
import { ALERT_RULES } from '../../../shared/alerts/rules.ts'
import { EVENT_TYPES } from '../../../shared/config/events.ts'
import { ALERTS_AT_MS, alarm } from '../../support/alert-deps.ts'

describe('the rules', () => {
  it('have names of their own', () => {
    expect(new Set(ALERT_RULES.map(({ name }) => name)).size).toBe(ALERT_RULES.length)
  })

  it('tell of every type of event but that a run completed, which ends what others begin', () => {
    const heard = new Set(ALERT_RULES.map(({ on }) => on))
    expect(EVENT_TYPES.filter((type) => !heard.has(type))).toEqual(['PipelineCompleted'])
  })

  it('are all in the document', async () => {
    const page = (await readFile('docs/alerts.md', 'utf8')).replaceAll(/`-(\w+)`/g, '`retraining-$1`')
    expect(ALERT_RULES.filter(({ name }) => !page.includes(`\`${name}\``)).map(({ name }) => name)).toEqual([])
  })

  it('have an example each, marked as a trial, with payloads for webhooks where there are types for them', () => {
    const messages = testMessages(ALERTS_AT_MS)
    expect(messages.map(({ rule }) => rule)).toEqual(ALERT_RULES.map(({ name }) => name))
    expect(messages.every((message) => message.isTest && headingOf(message).startsWith('TEST: '))).toBe(true)
    const types = messages.map(({ content }) => content.webhook?.type).filter((type) => type !== undefined)
    expect(types.sort()).toEqual(['drift_detected', 'high_grade_bet'])
    expect(testMessages(ALERTS_AT_MS, 'decay')).toHaveLength(1)
  })

  it('send to webhooks nothing that has no type there', () => {
    const messages = testMessages(ALERTS_AT_MS)
    const toWebhooks = messages.filter(({ channels }) => channels.includes('n8n'))
    expect(toWebhooks.every(({ content }) => content.webhook !== null)).toBe(true)
  })
})

describe('an alarm', () => {
  const read = (description: string, name = 'closeline-prod-api-errors') => {
    const signal = ALERT_RULES[0]?.read({ kind: 'alarm', alarm: { ...alarm('ALARM', 0).alarm, name, description } })
    return signal?.change === 'raise' ? { severity: signal.severity, ...signal.content } : undefined
  }

  it('is critical unless its description says less', () => {
    expect(read('Errors.')).toMatchObject({ severity: 'critical', lines: ['Errors.', 'Threshold Crossed'] })
    expect(read('Warning: slow.')).toMatchObject({ severity: 'warning', lines: ['slow.', 'Threshold Crossed'] })
    expect(read('critical: gone. RUNBOOK.md#gone')).toMatchObject({
      ...{ severity: 'critical', lines: ['gone.', 'Threshold Crossed'], link: 'RUNBOOK.md#gone' },
    })
    expect(read('notice:slow')).toMatchObject({ severity: 'notice' })
  })

  it('leads to its heading in the runbook, or where its description says', () => {
    expect(read('Errors.')?.link).toBe('RUNBOOK.md#api-errors')
    expect(read('See https://example.com/run#errors for more.')).toMatchObject({
      link: 'https://example.com/run#errors',
      lines: ['See for more.', 'Threshold Crossed'],
    })
    expect(read('', 'Odd name ✓')).toMatchObject({ link: 'RUNBOOK.md#odd-name-', lines: ['Threshold Crossed'] })
  })
})
