import { durationOf } from '../../shared/alerts/matter.ts'
import type { AlertOverview, ChannelOutcome, RuleRow } from '../../shared/usecases/alert-overview.ts'
import type { TrialOutcome } from '../../shared/usecases/alert-trials.ts'
import { bold, printable, table } from '../terminal.ts'

/** Alerts for a terminal. */
export function alertsText({ open, held, messages }: AlertOverview): string {
  const now =
    open.length === 0
      ? ['  nothing']
      : table(
          open.map((matter) => [
            `  ${matter.severity}`,
            printable(matter.title),
            `since ${minuteOf(matter.since)}`,
            matter.isTold ? '' : 'not told yet',
          ]),
          4,
        ).split('\n')
  const waiting = held === 0 ? [] : ['', `${held} more wait to go out together.`]
  return [bold('The matter now'), ...now, '', bold('Messages'), ...messageLines(messages), ...waiting].join('\n')
}

function messageLines(messages: AlertOverview['messages']): string[] {
  if (messages.length === 0) return ['  none yet']
  const rows = messages.map(({ told, severity, heading, channels }) => [
    `  ${minuteOf(told)}`,
    severity,
    printable(heading),
    channels.map(outcomeText).join(', '),
  ])
  return table(rows, 4).split('\n')
}

/** @example outcomeText({ channel: 'sns', outcome: 'lost', attempts: 6, cause: 'down' }) // 'sns lost after 6: down' */
export function outcomeText({ channel, outcome, attempts, cause }: ChannelOutcome): string {
  if (outcome === 'sent') return attempts === 1 ? channel : `${channel} at try ${attempts}`
  if (outcome === 'waiting') return attempts === 0 ? `${channel} waits` : `${channel} waits, ${attempts} tries failed`
  return `${channel} lost after ${attempts}: ${printable(cause ?? 'no cause')}`
}

/** The rules for a terminal. */
export function alertRulesText(rules: readonly RuleRow[]): string {
  const heads = ['rule', 'severity', 'told of', 'same matter', 'again after', 'resolved by', 'channels']
  const rows = rules.map((rule) => [
    ...[rule.rule, rule.severity, rule.on, rule.sameMatter, againText(rule), rule.resolvedBy ?? ''],
    rule.channels.join(' '),
  ])
  return table([heads, ...rows], heads.length)
}

/** When a rule tells of the same matter again. */
export function againText({ cooldownMs, remindAfterMs }: Pick<RuleRow, 'cooldownMs' | 'remindAfterMs'>): string {
  const reminder = remindAfterMs === null ? '' : `, reminder ${durationOf(remindAfterMs)}`
  return `${durationOf(cooldownMs)}${reminder}`
}

/** Trial messages for a terminal. */
export function alertTrialsText(outcomes: readonly TrialOutcome[]): string {
  return table(
    outcomes.map(({ rule, channel, failure }) => [
      rule,
      channel,
      failure === null ? 'sent' : `NOT SENT: ${printable(failure)}`,
    ]),
    3,
  )
}

/** Channels for a terminal. */
export function alertChannelsText(channels: Readonly<Record<string, string>>): string {
  return table(
    Object.entries(channels).map(([name, where]) => [name, printable(where)]),
    2,
  )
}

/** @example minuteOf('2026-01-02T03:04:05.000Z') // '2026-01-02 03:04Z' */
export function minuteOf(instant: string): string {
  return `${instant.slice(0, 16).replace('T', ' ')}Z`
}
