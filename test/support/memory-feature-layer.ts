import { sha256Hex } from '../../shared/kernel/digest.ts'
import { InvariantError, UpstreamError } from '../../shared/kernel/errors.ts'
import type { ObjectStore } from '../../shared/kernel/ports.ts'
import type { LakeFile } from '../../shared/lake/file.ts'
import { featureMonthKey, featureTableKey } from '../../shared/lake/layout.ts'
import type { FeatureLayer } from '../../shared/usecases/feature-ports.ts'

/** A month's file: rows in order, each number as text, since JSON knows neither NaN nor negative zero. */
interface MonthFile {
  ids: string[]
  placedAtMs: number[]
  columns: Record<string, string[]>
}

/**
 * A features layer of JSON in an object store, under the keys that DuckDB's Parquet would have: the twin of the real one,
 * which a contract suite keeps like it.
 */
export function memoryFeatureLayer(objects: ObjectStore): FeatureLayer {
  const write = async (key: string, rows: number, content: unknown): Promise<LakeFile> => {
    const body = new TextEncoder().encode(JSON.stringify(content))
    await objects.put(key, body)
    return { key, rows, bytes: body.length, sha256: await sha256Hex(body) }
  }
  return {
    async writeMonth({ folder, month, ids, placedAtMs, names, columns }) {
      const isWhole = names.length === columns.length
      const isLevel = [placedAtMs, ...columns].every(({ length }) => length === ids.length)
      if (ids.length === 0 || !isWhole || !isLevel) throw new InvariantError(`${month} has no rows, or uneven ones`)
      const file: MonthFile = {
        ids: ids.map((id) => id.toWellFormed()),
        placedAtMs: [...placedAtMs],
        columns: Object.fromEntries(columns.map((column, f) => [names[f], Array.from(column, textOf)])),
      }
      return write(featureMonthKey(folder, month), ids.length, file)
    },
    writeTable: (folder, table, rows) =>
      write(featureTableKey(folder, table.name), rows.length, { columns: table.columns, rows }),
    async read(files, names) {
      const months = await Promise.all(files.map((file) => readMonth(objects, file, names)))
      months.sort((a, b) => (a.placedAtMs[0] ?? 0) - (b.placedAtMs[0] ?? 0))
      return {
        ids: months.flatMap(({ ids }) => ids),
        names,
        columns: names.map((name) =>
          Float32Array.from(
            months.flatMap(({ columns }) => columns[name] ?? []),
            Number,
          ),
        ),
      }
    },
  }
}

function textOf(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

/** @throws {UpstreamError} where the file is gone, has other bytes than were written, or lacks a feature */
async function readMonth(objects: ObjectStore, file: LakeFile, names: readonly string[]): Promise<MonthFile> {
  const body = await objects.get(file.key)
  if (body === undefined || (await sha256Hex(body)) !== file.sha256) {
    throw new UpstreamError('lake', `${file.key} is damaged or not there`, { retryable: false })
  }
  const month: MonthFile = JSON.parse(new TextDecoder().decode(body))
  const missing = names.filter((name) => !Object.hasOwn(month.columns, name))
  if (missing.length === 0 && month.ids.length === file.rows) return month
  throw new UpstreamError('lake', `${file.key} lacks ${missing} or has not ${file.rows} rows`, { retryable: false })
}
