import { describe, expect, it } from 'vitest'
import { renderAlertsPage } from '../../../../bin/pages/alerts-page.ts'
import { alertRulesText, alertsText } from '../../../../bin/pages/alerts-text.ts'
import { UpstreamError } from '../../../../shared/kernel/errors.ts'
import { receiveInput } from '../../../../shared/usecases/alert-inbox.ts'
import { describeAlerts, describeRules } from '../../../../shared/usecases/alert-overview.ts'
import { handleInput } from '../../../../shared/usecases/send-alerts.ts'
import { alarm, highGradeBet, memoryAlertDeps } from '../../../support/alert-deps.ts'

const HOSTILE = '<script>alert("x")</script>\u001b[31m\n& more'

async function overview() {
  const deps = memoryAlertDeps({ channels: ['telegram', 'console'] })
  deps.sink('telegram').answers.push(new UpstreamError('Telegram', 'chat not found', { retryable: false }))
  await receiveInput(deps, highGradeBet(0, { market: HOSTILE }))
  await handleInput(deps, alarm('ALARM', 0, HOSTILE))
  return describeAlerts(deps.objects, 10, deps.clock())
}

describe('the page of alerts', () => {
  it('shows what is the matter, what was told, and how it left, with every name as text', async () => {
    const page = renderAlertsPage(await overview())
    expect(page).toContain('1 thing is the matter')
    expect(page).toContain('Alarm &lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; [31m &amp; more')
    expect(page).toContain('telegram lost after 1: chat not found')
    expect(page).not.toContain('<script>')
    expect(page).toMatch(/Content-Security-Policy" content="default-src /)
  })
})

describe('the text of alerts', () => {
  it('tells the same in lines', async () => {
    const text = alertsText(await overview())
    expect(text).toMatch(/critical {2}Alarm <script>.* since 2026-05-12 12:00Z/)
    expect(text.split('\n').filter((line) => line.includes('Grade A'))).toHaveLength(1)
    expect(text).not.toContain('\u001b[31m')
  })

  it('has a line for each rule', () => {
    expect(alertRulesText(describeRules()).split('\n')).toHaveLength(describeRules().length + 1)
  })
})
