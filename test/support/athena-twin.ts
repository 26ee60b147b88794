import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { HiveType, LakeTable } from '../../lib/data/tables.ts'
import { literal, openDuckdb } from '../../shared/adapters/duckdb-connection.ts'
import { servedPredictionSchema } from '../../shared/performance/served-prediction.ts'

/** What DuckDB calls a column of each type. Hive's instants know no zone: files that say UTC and files that do not are one. */
export const DUCKDB_TYPES: Readonly<Record<HiveType, string>> = {
  string: 'VARCHAR',
  boolean: 'BOOLEAN',
  bigint: 'BIGINT',
  int: 'INTEGER',
  double: 'DOUBLE',
  float: 'FLOAT',
  timestamp: 'TIMESTAMP',
  'decimal(18,2)': 'DECIMAL(18,2)',
  'array<string>': 'VARCHAR[]',
  'map<string,double>': 'MAP(VARCHAR, DOUBLE)',
}

/** Athena over a folder in the place of a bucket: DuckDB with a view for each table, found as the catalogue says. */
export interface AthenaTwin extends Disposable {
  ask(sql: string): Promise<Record<string, unknown>[]>
  /** Columns of a table's files with DuckDB's types, the partition left out. */
  columnsOf(table: LakeTable): Promise<Record<string, string>>
}

/** @param root  folder that holds the objects, without a slash at its end */
export async function athenaTwin(root: string, tables: readonly LakeTable[]): Promise<AthenaTwin> {
  const session = await openDuckdb()
  const { connection } = session
  for (const table of tables) {
    await connection.run(`create view ${table.name} as ${(await scans(root, table)).join(' union all by name ')}`)
  }
  const ask = (sql: string) => rowsOf(connection, sql)
  return {
    ask,
    async columnsOf({ name, partition }) {
      const rows = await ask(`describe ${name}`)
      const columns = rows.map(({ column_name, column_type }) => [
        String(column_name),
        String(column_type).replace(' WITH TIME ZONE', ''),
      ])
      return Object.fromEntries(columns.filter(([column]) => column !== partition))
    },
    [Symbol.dispose]: () => session.close(),
  }
}

async function rowsOf(connection: DuckDBConnection, sql: string): Promise<Record<string, unknown>[]> {
  return (await connection.runAndReadAll(sql)).getRowObjectsJS()
}

/** A query of each partition's rows, the partition's value among them. */
async function scans(root: string, table: LakeTable): Promise<string[]> {
  const folder = join(root, table.folder)
  const partitions = (await readdir(folder)).filter((name) => name.startsWith(`${table.partition}=`))
  return Promise.all(
    partitions.map(async (name) => {
      const value = name.slice(table.partition.length + 1)
      return `select *, ${literal(value)} as ${table.partition} from ${await scan(join(folder, name), table)}`
    }),
  )
}

async function scan(folder: string, table: LakeTable): Promise<string> {
  const files = (await readdir(folder)).map((name) => join(folder, name))
  if (table.reads === 'json') {
    const columns = Object.keys(table.columns).map((name) => `"${name}" as "${name}"`)
    return `(select ${columns.join(', ')} from read_json(${list(files)}, columns = {${lineColumns(table)}}, hive_partitioning = false))`
  }
  const listed = table.reads === 'parquet' ? files : (await Promise.all(files.map(urisOf))).flat()
  return `read_parquet(${list(listed)}, hive_partitioning = false, union_by_name = true)`
}

/** What a manifest names; URIs of a folder are paths. */
async function urisOf(manifest: string): Promise<string[]> {
  return (await readFile(manifest, 'utf8')).trimEnd().split('\n')
}

/** DuckDB minds the size of letters in the members of a line, Hive does not. */
function lineColumns({ columns }: LakeTable): string {
  const members = new Map(Object.keys(servedPredictionSchema.shape).map((name) => [name.toLowerCase(), name]))
  const typed = Object.entries(columns).map(([name, type]) => [members.get(name) ?? name, DUCKDB_TYPES[type]])
  return typed.map(([name, type]) => `"${name}": ${literal(String(type))}`).join(', ')
}

function list(paths: readonly string[]): string {
  return `[${paths.map((path) => literal(path)).join(', ')}]`
}
