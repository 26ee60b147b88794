import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api'
import { DuckDBTimestampTZValue } from '@duckdb/node-api'
import type { Bet } from '../bets/bet.ts'
import { messageOf, UpstreamError } from '../kernel/errors.ts'
import { putJson } from '../kernel/json-object.ts'
import type { ObjectStore } from '../kernel/ports.ts'
import type { LakeFile, LakeRun, LakeWriter } from '../usecases/run-pipeline.ts'
import { withDuckdb } from './duckdb-connection.ts'

/** Readers begin here: the run whose files are the lake's present state. */
const CURRENT_RUN_KEY = 'lake/current.json'

const CREATE_BETS = `create table bets (
  id varchar, origin varchar, state varchar, bet_type varchar, sport varchar, league varchar, market varchar,
  book varchar, selection varchar, is_live boolean, is_free_bet boolean, decimal_odds double, stake_minor bigint,
  profit_minor bigint, currency varchar, return_per_unit double, closing_line_value double,
  placed_at timestamptz, settled_at timestamptz)`

const PARQUET = 'format parquet, compression zstd'

/**
 * A {@link LakeWriter} that makes Parquet with DuckDB and publishes it in an object store.
 *
 * `lake/runs/RUN/raw/bets.parquet`, `…/processed/sport=…/month=…/part-0.parquet`, `…/features/features.parquet`; the
 * processed rows carry the sport's exact name as `sport_name`, since a partition's name has limits;
 * `lake/current.json` names the run and is written last, so a reader sees a whole run or the one before it.
 */
export function duckdbLake(objects: ObjectStore): LakeWriter {
  return {
    async write(run) {
      const scratch = await mkdtemp(join(tmpdir(), 'closeline-lake-'))
      try {
        await translate(() => withDuckdb((connection) => writeLayers(connection, run, scratch)))
        const files = await upload(objects, scratch, `lake/runs/${run.runId}`)
        await putJson(objects, CURRENT_RUN_KEY, { runId: run.runId, bets: run.bets.length, files })
        return files
      } finally {
        await rm(scratch, { recursive: true, force: true })
      }
    },
  }
}

async function translate<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new UpstreamError('DuckDB', messageOf(cause), { retryable: false, cause })
  }
}

/** A folder's name has at most 255 bytes: a sport whose encoded name is longer is told by its hash. */
const SPORT_FOLDER = 'case when strlen(url_encode(sport)) > 200 then md5(sport) else sport end'

async function writeLayers(connection: DuckDBConnection, run: LakeRun, path: string): Promise<void> {
  await connection.run("set timezone = 'UTC'")
  await connection.run(CREATE_BETS)
  await append(connection, 'bets', run.bets.length, (appender, r) => appendBet(appender, run.bets[r] as Bet))
  const features = run.featureNames.map((name) => `"${name}" float`).join(', ')
  await connection.run(`create table features (bet_id varchar, placed_at timestamptz, ${features})`)
  await append(connection, 'features', run.bets.length, (appender, r) => {
    const bet = run.bets[r] as Bet
    appender.appendVarchar(bet.id)
    appender.appendTimestampTZ(instant(bet.placedAtMs))
    for (const column of run.featureColumns) {
      const value = column[r] as number
      if (Number.isNaN(value)) appender.appendNull()
      else appender.appendFloat(value)
    }
  })
  const folder = path.replaceAll("'", "''")
  await connection.run(`copy bets to '${folder}/raw.parquet' (${PARQUET})`)
  await connection.run(`copy features to '${folder}/features.parquet' (${PARQUET})`)
  await connection.run(`copy (
      select * exclude (sport), sport as sport_name, ${SPORT_FOLDER} as sport,
        1 / decimal_odds as implied_probability, state <> 'open' as is_settled,
        strftime(placed_at, '%Y-%m') as month
      from bets order by sport, month, placed_at, id
    ) to '${folder}/processed' (${PARQUET}, partition_by (sport, month), filename_pattern 'part-{i}')`)
}

async function append(
  connection: DuckDBConnection,
  table: string,
  nRows: number,
  appendRow: (appender: DuckDBAppender, r: number) => void,
): Promise<void> {
  const appender = await connection.createAppender(table)
  for (let r = 0; r < nRows; r++) {
    appendRow(appender, r)
    appender.endRow()
  }
  appender.closeSync()
}

function appendBet(appender: DuckDBAppender, bet: Bet): void {
  const text = (value: string | null) => (value === null ? appender.appendNull() : appender.appendVarchar(value))
  const double = (value: number | null) => (value === null ? appender.appendNull() : appender.appendDouble(value))
  const money = (value: number | null) =>
    value === null ? appender.appendNull() : appender.appendBigInt(BigInt(value))
  for (const value of [bet.id, bet.origin, bet.state, bet.betType, bet.sport, bet.league, bet.market, bet.book])
    text(value)
  text(bet.selection)
  appender.appendBoolean(bet.isLive)
  appender.appendBoolean(bet.isFreeBet)
  double(bet.decimalOdds)
  money(bet.stakeMinor)
  money(bet.profitMinor)
  text(bet.currency)
  double(bet.returnPerUnit)
  double(bet.closingLineValue)
  appender.appendTimestampTZ(instant(bet.placedAtMs))
  if (bet.settledAtMs === null) appender.appendNull()
  else appender.appendTimestampTZ(instant(bet.settledAtMs))
}

function instant(ms: number): DuckDBTimestampTZValue {
  return new DuckDBTimestampTZValue(BigInt(ms) * 1000n)
}

async function upload(objects: ObjectStore, folder: string, prefix: string): Promise<LakeFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const files: LakeFile[] = []
  for (const path of paths.sort()) {
    const name = relative(folder, path).split(sep).join('/')
    // The single-file layers get a folder of their own, as the partitioned one has.
    const layered = name.includes('/')
      ? name
      : name === 'raw.parquet'
        ? 'raw/bets.parquet'
        : 'features/features.parquet'
    const body = await readFile(path)
    await objects.put(`${prefix}/${layered}`, body)
    files.push({ key: `${prefix}/${layered}`, bytes: body.length })
  }
  return files
}
