import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import type { LakeFile } from '../lake/file.ts'
import type { PartitionKey } from '../lake/layout.ts'
import { byMonthAndSport, partitionId } from '../lake/layout.ts'
import type { MergeCounts, Merged } from '../usecases/lake-ports.ts'
import { MONTH_OF_PLACEMENT, PROCESSED_COLUMNS, processedScan } from './duckdb-bet-columns.ts'
import { literal, PARQUET_OPTIONS, parquetScan } from './duckdb-connection.ts'

/** Where a file of the base can be read on this machine; fetched when asked. */
export type Locate = (file: LakeFile) => Promise<string>

/** A merge without its key file, which is written next. */
export type MergedRows = Omit<Merged, 'keys' | 'counts'> & { counts: Omit<MergeCounts, 'received' | 'refused'> }

/**
 * Joins the view `staged` with the base, in SQL; see `LakeDraft.merge`.
 *
 * Leaves the tables `accepted`, the versions that won, and `merged`, the rows of all changed partitions, numbered by
 * `partition_no` and in order.
 */
export async function mergeStaged(
  connection: DuckDBConnection,
  base: { partitions: readonly (PartitionKey & { file: LakeFile })[]; keys: readonly LakeFile[]; locate: Locate },
  rewriteAll: boolean,
): Promise<MergedRows> {
  const { conflicting, superseded } = await keepNewest(connection)
  const keyPaths = await Promise.all(base.keys.map(base.locate))
  await judgeVersions(connection, keyPaths, rewriteAll)
  const affected = await affectedPartitions(connection)
  const fileOf = new Map(base.partitions.map((partition) => [partitionId(partition), partition.file]))
  const previous = affected.map((partition) => fileOf.get(partitionId(partition)))
  const paths = await Promise.all(previous.flatMap((file) => (file === undefined ? [] : [base.locate(file)])))
  const rows = await joinWithBase(connection, affected, paths)
  const changed = affected.map((partition, i) => ({
    ...partition,
    rows: rows.get(i) ?? 0,
    previous: previous[i]?.key ?? null,
  }))
  return { counts: { ...(await countVerdicts(connection)), superseded }, conflicting, changed }
}

/**
 * Makes the view `incoming`, one version of each id in `staged`: the newest; where two of one time contradict each
 * other, the greater text.
 */
async function keepNewest(
  connection: DuckDBConnection,
): Promise<Pick<MergedRows, 'conflicting'> & { superseded: number }> {
  // Repeated ids are few, so the costly window runs over their rows alone.
  await connection.run(
    `create table contested as select staged.*, to_json(staged)::varchar as content
     from staged semi join (select id from staged group by id having count(*) > 1) using (id)`,
  )
  await connection.run(
    `create view incoming as select * from staged anti join contested using (id) union all
     select * exclude (content) from contested
     qualify row_number() over (partition by id order by updated_at desc, content desc) = 1`,
  )
  const conflicting = await rowsOf(
    connection,
    `select id, count(distinct content) as versions from contested
     group by id, updated_at having versions > 1 order by id, updated_at`,
  )
  const [counts] = await rowsOf(connection, 'select count(*) - count(distinct id) from contested')
  return {
    conflicting: conflicting.map(([id, n]) => ({ id: String(id), versions: Number(n) })),
    superseded: Number(counts?.[0]),
  }
}

/** Makes the table `judged`: of every version what the lake has of its id, and the view `accepted`. */
async function judgeVersions(
  connection: DuckDBConnection,
  keyPaths: readonly string[],
  rewriteAll: boolean,
): Promise<void> {
  const known =
    keyPaths.length === 0
      ? `select null::varchar as id, null::timestamptz as updated_at,
           null::struct(is_deleted boolean, sport varchar, month varchar) as place where false`
      : `select id, max(updated_at) as updated_at,
           max_by(struct_pack(is_deleted := is_deleted, sport := sport, month := month), updated_at) as place
         from ${parquetScan(keyPaths)} semi join incoming using (id) group by id`
  await connection.run(
    `create table judged as
     select incoming.id, incoming.updated_at, incoming.is_deleted, incoming.sport_name as sport,
       if(incoming.is_deleted, null, ${MONTH_OF_PLACEMENT}) as month, known.place.sport as old_sport, known.place.month as old_month,
       coalesce(not known.place.is_deleted, false) as was_there,
       case when known.id is null or incoming.updated_at > known.updated_at then 'newer'
            when ${rewriteAll} and known.place.is_deleted and not incoming.is_deleted then 'newer'
            when incoming.updated_at = known.updated_at then 'same' else 'older' end as age
     from incoming left join (${known}) as known using (id)`,
  )
  await connection.run(
    `create view accepted as select * from judged where age = 'newer' or (${rewriteAll} and age = 'same')`,
  )
}

async function countVerdicts(
  connection: DuckDBConnection,
): Promise<Pick<MergeCounts, 'inserted' | 'updated' | 'deleted' | 'repeated' | 'outdated'>> {
  const [counts] = await rowsOf(
    connection,
    `select count(*) filter (age = 'newer' and not is_deleted and not was_there),
       count(*) filter (age = 'newer' and not is_deleted and was_there),
       count(*) filter (age = 'newer' and is_deleted and was_there),
       count(*) filter (age = 'same' or (age = 'newer' and is_deleted and not was_there)), count(*) filter (age = 'older') from judged`,
  )
  const [inserted = 0, updated = 0, deleted = 0, repeated = 0, outdated = 0] = (counts ?? []).map(Number)
  return { inserted, updated, deleted, repeated, outdated }
}

/** Partitions that gain a row, and those that lose one because a bet was deleted or has moved. */
async function affectedPartitions(connection: DuckDBConnection): Promise<PartitionKey[]> {
  const found = await rowsOf(
    connection,
    `select sport, month from accepted where not is_deleted
     union select old_sport, old_month from accepted where was_there`,
  )
  return found
    .map(([sport, month]) => ({ sport: sport === null ? null : String(sport), month: String(month) }))
    .sort(byMonthAndSport)
}

/** Makes the table `merged`. @returns rows of each partition by its number */
async function joinWithBase(
  connection: DuckDBConnection,
  affected: readonly PartitionKey[],
  paths: readonly string[],
): Promise<Map<number, number>> {
  await connection.run('create table partitions (partition_no integer, sport varchar, month varchar)')
  const appender = await connection.createAppender('partitions')
  for (const [i, { sport, month }] of affected.entries()) {
    appender.appendInteger(i)
    if (sport === null) appender.appendNull()
    else appender.appendVarchar(sport)
    appender.appendVarchar(month)
    appender.endRow()
  }
  appender.closeSync()
  const kept =
    paths.length === 0
      ? ''
      : `select ${PROCESSED_COLUMNS}, ${MONTH_OF_PLACEMENT} as month from ${processedScan(paths)}
         anti join accepted using (id) union all`
  await connection.run(
    `create table merged as
     select partition_no, rows.* exclude (month) from (
       ${kept} select ${PROCESSED_COLUMNS}, ${MONTH_OF_PLACEMENT} as month from incoming
         semi join accepted using (id) where not is_deleted
     ) as rows join partitions
       on rows.month = partitions.month and rows.sport_name is not distinct from partitions.sport
     order by partition_no, placed_at, id`,
  )
  const counted = await rowsOf(connection, 'select partition_no, count(*) from merged group by partition_no')
  return new Map(counted.map(([no, n]) => [Number(no), Number(n)]))
}

/**
 * Query of the new key file and the base's key files that stay beside it.
 *
 * A file is taken into the new one while it has no more than twice its rows: so there are few files, each much larger
 * than the next, and a row is rewritten only as often as the logarithm of the ledger's size.
 */
export function planKeys(
  base: readonly LakeFile[],
  acceptedRows: number,
  rewriteAll: boolean,
): { kept: LakeFile[]; joined: LakeFile[] } {
  const kept = [...base]
  const joined: LakeFile[] = []
  let rows = acceptedRows
  for (let last = kept.at(-1); last !== undefined && (rewriteAll || last.rows <= 2 * rows); last = kept.at(-1)) {
    kept.pop()
    joined.unshift(last)
    rows += last.rows
  }
  return { kept, joined }
}

/** The key rows of a new file: what was accepted, and of the files joined into it the newest of every other id. */
export function keysQuery(joinedPaths: readonly string[]): string {
  const columns = 'id, updated_at, is_deleted, sport, month'
  const accepted = `select id, updated_at, is_deleted, sport, month from accepted`
  if (joinedPaths.length === 0) return `${accepted} order by id`
  const older = `select ${columns} from ${parquetScan(joinedPaths)} anti join accepted using (id)
    qualify row_number() over (partition by id order by updated_at desc) = 1`
  return `select ${columns} from (${accepted} union all (${older})) order by id`
}

/** Partitions copied at once: each has a file open and a buffer, and the process has only so many of both. */
const COPIED_AT_ONCE = 100

/** Where {@link copyPartitions} puts a partition. */
export function copiedPartition(folder: string, number: number): string {
  return join(folder, String(Math.floor(number / COPIED_AT_ONCE)), `partition_no=${number}`, 'part-0.parquet')
}

/** Writes the table `merged` as one file a partition. */
export async function copyPartitions(connection: DuckDBConnection, partitions: number, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  // With one thread each partition is one file with its rows in order.
  await connection.run('set threads = 1')
  for (let begin = 0; begin < partitions; begin += COPIED_AT_ONCE) {
    const range = `partition_no >= ${begin} and partition_no < ${begin + COPIED_AT_ONCE}`
    const path = join(folder, String(begin / COPIED_AT_ONCE))
    await connection.run(
      `copy (select partition_no, ${PROCESSED_COLUMNS} from merged where ${range}) to ${literal(path)}
       (${PARQUET_OPTIONS}, partition_by (partition_no), filename_pattern 'part-{i}')`,
    )
  }
  await connection.run('set threads = 2')
}

async function rowsOf(connection: DuckDBConnection, sql: string): Promise<DuckDBValue[][]> {
  return (await connection.runAndReadAll(sql)).getRows()
}
