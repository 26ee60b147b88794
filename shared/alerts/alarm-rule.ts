import type { AlarmChange } from './input.ts'
import type { AlertContent } from './message.ts'
import { plainName, plainText } from './plain-text.ts'
import type { AlertRule } from './rule.ts'
import { keyOf } from './rule.ts'
import type { AlertSeverity } from './severity.ts'

const NAME = 'cloudwatch-alarm'

/**
 * Every alarm of CloudWatch: a state, raised by ALARM and ended by OK; INSUFFICIENT_DATA says neither.
 *
 * It is critical unless the alarm's description begins with `warning:` or `notice:`. The link is the first address, or
 * heading of the runbook, in the description, or else the alarm's heading in the runbook.
 */
export const alarmRule: AlertRule = {
  name: NAME,
  on: 'CloudWatch alarm: ALARM',
  severity: 'critical',
  kind: 'state',
  sameMatter: 'alarm',
  cooldownMs: 15 * 60_000,
  remindAfterMs: null,
  lapsesAfterMs: null,
  resolvedBy: 'the alarm: OK',
  channels: null,
  read(input) {
    if (input.kind !== 'alarm' || input.alarm.state === 'INSUFFICIENT_DATA') return undefined
    const key = keyOf(NAME, input.alarm.name)
    if (input.alarm.state === 'OK') return { change: 'clear', key, except: null }
    return { change: 'raise', key, severity: severityOf(input.alarm), content: contentOf(input.alarm) }
  },
}

const SEVERITY = /^\s*(critical|warning|notice)\s*:/i

function severityOf({ description }: AlarmChange): AlertSeverity {
  const lowered = SEVERITY.exec(description)?.[1]?.toLowerCase()
  return lowered === 'warning' || lowered === 'notice' ? lowered : 'critical'
}

const ADDRESS = /https:\/\/[^\s<>"']{1,300}|RUNBOOK\.md#[\w-]{1,100}/
const STAGE_PREFIX = /^closeline-(dev|staging|prod)-/

function contentOf({ name, reason, description }: AlarmChange): AlertContent {
  const words = plainText(description.replace(SEVERITY, '').replace(ADDRESS, ''))
  return {
    title: plainText(`Alarm ${plainName(name)}`),
    lines: [...(words === '' ? [] : [words]), plainText(reason)],
    link: ADDRESS.exec(description)?.[0] ?? `RUNBOOK.md#${headingOf(name)}`,
    webhook: null,
  }
}

/** The alarm's heading in the runbook: its name without the stage, in the way of anchors. */
function headingOf(name: string): string {
  return plainName(name)
    .replace(STAGE_PREFIX, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
}
