import type { Trail, TrailStep } from '../../shared/lineage/trail.ts'
import type { ImportReport } from '../../shared/usecases/ledger-ports.ts'
import { bold } from '../terminal.ts'
import { count } from './figures.ts'

/** Steps and files listed before the rest is only counted. */
const SHOWN = 12

/** A trail for a terminal: back to the raw files, forward to files and models. */
export function lineageText(trail: Trail, imports: readonly ImportReport[]): string[] {
  const { subject, back, later, models } = trail
  const importOf = new Map(imports.map((report) => [report.id, report]))
  return [
    bold(`${subject.kind} ${subject.name}`),
    '',
    bold('Came from'),
    ...shown(back, (step) => stepLines(step, importOf)),
    ...(back.length === 0 ? ['  nothing that is known here'] : []),
    '',
    bold('Was made into'),
    ...shown(later, ({ runId, key }) => [`  ${key}  (run ${runId})`]),
    ...shown(models, ({ version, createdAt }) => [`  model ${version}, ${createdAt}`]),
    ...(later.length + models.length === 0 ? ['  nothing yet'] : []),
  ]
}

function shown<T>(items: readonly T[], linesOf: (item: T) => string[]): string[] {
  const rest = items.length - SHOWN
  return [
    ...items.slice(0, SHOWN).flatMap(linesOf),
    ...(rest > 0 ? [`  and ${count(rest)} more; --json lists all`] : []),
  ]
}

function stepLines(step: TrailStep, importOf: ReadonlyMap<string, ImportReport>): string[] {
  const { runId, sequence, startedAt, mode, wrote, raw, imports } = step
  return [
    `  run ${runId}, state ${sequence}, ${mode}, ${startedAt}`,
    ...(wrote === null ? [] : [`    wrote ${wrote}`]),
    ...raw.map(
      ({ key, rows, source, kind, sha256 }) =>
        `    raw ${key}  ${count(rows)} rows, ${kind} of ${source}, ${sha256.slice(0, 12)}`,
    ),
    ...Object.entries(imports).map(([id, rows]) => `    ${importText(importOf.get(id), id)}: ${count(rows)} rows`),
  ]
}

function importText(report: ImportReport | undefined, id: string): string {
  if (report === undefined) return `import ${id}`
  const hash = report.fileSha256 === null ? '' : `, ${report.fileSha256.slice(0, 12)}`
  return `file ${report.fileName} (${report.format}${hash}), import ${id}`
}
