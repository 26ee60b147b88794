import type { Affected, Ranking } from '../../shared/quality/affected.ts'
import type { QualityReport } from '../../shared/quality/gate.ts'
import { THRESHOLD_MEANINGS } from '../../shared/quality/thresholds.ts'
import { bold, printable, table } from '../terminal.ts'
import { count, defaultRequirement, extent, figure, problemText, requirement, roughShare } from './figures.ts'

/**
 * A quality report for a terminal: every check with its figure, then, for each that failed, why it matters and which
 * bets are to blame.
 *
 * @param affected  what `findAffected` tells of the same report
 */
export function qualityText(report: QualityReport, affected: readonly Affected[]): string[] {
  const failed = report.checks.filter(({ passed }) => !passed)
  const verdict = failed.length === 0 ? 'passed' : `failed: ${failed.length} of ${report.checks.length} checks`
  return [
    bold(`Data quality ${verdict}`),
    ...checkTable(report).split('\n'),
    ...failed.flatMap((check) => {
      const { name, value, because } = check
      const to = affected.filter((problem) => problem.check === name)
      const title = THRESHOLD_MEANINGS[name].title
      return [
        '',
        bold(`${title}: ${figure(name, value)}, should be ${requirement(check)}`),
        `  ${because}`,
        ...to.flatMap(whereLines),
      ]
    }),
  ]
}

function checkTable({ checks }: QualityReport): string {
  return table(
    checks.map((check) => {
      const { name, value, passed, overridden } = check
      const note = overridden ? `${requirement(check)} (default ${defaultRequirement(name)})` : requirement(check)
      return [`${passed ? 'pass' : 'FAIL'}  ${THRESHOLD_MEANINGS[name].title}`, figure(name, value), note, name]
    }),
  )
}

function whereLines(affected: Affected): string[] {
  const { months, sports, books, examples } = affected
  return [
    `  ${problemText(affected.problem)}: ${extent(affected)}`,
    `    months   ${rankingText(months)}`,
    `    sports   ${rankingText(sports)}`,
    `    books    ${rankingText(books)}`,
    `    such as  ${examples.map(printable).join(', ')}`,
  ]
}

function rankingText({ top, more }: Ranking): string {
  const named = top.map(
    ({ name, bets, share: part }) => `${printable(name ?? 'none named')} ${count(bets)} (${roughShare(part)})`,
  )
  return [...named, ...(more.names === 0 ? [] : [`and ${count(more.names)} more with ${count(more.bets)}`])].join(', ')
}
