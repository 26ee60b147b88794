/** How much an alert matters, the gravest first. */
export const ALERT_SEVERITIES = ['critical', 'warning', 'notice', 'info'] as const

/**
 * `critical` wakes somebody; `warning` wants somebody to act today; `notice` is worth knowing; `info` is for the record.
 */
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number]

/** Whether `a` is graver than `b`. @example isGraver('critical', 'notice') // true */
export function isGraver(a: AlertSeverity, b: AlertSeverity): boolean {
  return ALERT_SEVERITIES.indexOf(a) < ALERT_SEVERITIES.indexOf(b)
}
