import { invariant } from '../kernel/errors.ts'
import type { FeatureDefinition } from './definition.ts'
import type { NamedGroup } from './group-names.ts'
import { namesOfKey } from './group-names.ts'
import { GROUP_INDEX, GROUP_NAMES, GROUPS } from './groups.ts'
import { placeOf } from './places.ts'
import { FEATURES } from './registry.ts'
import type { FeatureState } from './state.ts'
import { EMPTY_TALLY, groupOf } from './state.ts'
import type { ColumnsOf } from './table-columns.ts'
import { formColumns, instantOf, recentWinRate, recordColumns } from './table-columns.ts'
import type { FeatureTable, TableRow } from './tables.ts'
import { FEATURE_METADATA, INSTITUTION_STATS, MARKET_PERFORMANCE, SPORT_MARKET_STATS, SPORT_STATS } from './tables.ts'
import { PLACED } from './totals.ts'
import { createView, lookAt } from './view.ts'

/** The features layer that the tables accompany. */
export interface LayerFigures {
  /** Rows of the layer: each feature has a value, or is missing, in as many. */
  recordCount: number
  /** Identity of the layer's content. */
  checksum: string
}

/** Makes the rows of one table. */
type RowsOf = (state: FeatureState, layer: LayerFigures) => TableRow[]

const ROWS: Readonly<Record<string, RowsOf>> = {
  [SPORT_STATS.name]: (state) => groupRows(state, SPORT_STATS, 'sport'),
  [SPORT_MARKET_STATS.name]: (state) =>
    groupRows(state, SPORT_MARKET_STATS, 'sport_market', recentWinRate('sport_market')),
  [INSTITUTION_STATS.name]: (state) => groupRows(state, INSTITUTION_STATS, 'book'),
  [MARKET_PERFORMANCE.name]: (state) =>
    groupRows(state, MARKET_PERFORMANCE, 'sport_league_market', formColumns('sport_league_market')),
  [FEATURE_METADATA.name]: ({ asOfMs }, layer) => FEATURES.map((feature) => metadataRow(feature, layer, asOfMs)),
}

/**
 * The rows of one of {@link import('./tables.ts').FEATURE_TABLES}, in order of their keys; features in that of the layer.
 *
 * Averages are those of the features, null where the state has nothing to make them from; counts are those of the
 * tallies. A group has a row from its first placed bet on. A bet whose source does not name one of the fields of a table's
 * key is in no row of that table: a bet without a league is counted for its sport, its sport and market and its
 * sportsbook, but in no row of {@link MARKET_PERFORMANCE}, so the rows of that table need not add up to the sport's.
 *
 * @param state  to which everything before `atMs` has been applied ({@link import('./advance.ts').applyBefore}); where
 *               it has been taken further, the rows are as of `state.asOfMs`, for it cannot be taken back
 * @param atMs   the instant that the rows are asked for
 * @throws {InvariantError} where the state lies before that instant, and for a table that is none of ours
 */
export function tableRows(table: FeatureTable, state: FeatureState, atMs: number, layer: LayerFigures): TableRow[] {
  invariant(state.asOfMs >= atMs, `the features know what happened before ${state.asOfMs}, not before ${atMs}`)
  const rowsOf = ROWS[table.name]
  invariant(rowsOf !== undefined, `${table.name} is no table of features`)
  return rowsOf(state, layer)
}

/** One row for each group of bets of which one has been placed. @param extra  columns beside the record's */
function groupRows(state: FeatureState, table: FeatureTable, group: NamedGroup, extra?: ColumnsOf): TableRow[] {
  const record = recordColumns(group, state.currency)
  const view = createView()
  const question = { ...view.bet, placedAtMs: state.asOfMs }
  const ledger = groupOf(state, 'ledger').tallies.get(0) ?? EMPTY_TALLY
  const named: { names: readonly string[]; row: TableRow }[] = []
  for (const [key, tally] of groupOf(state, group).tallies) {
    // A bet that waits has made its tallies already; they hold nothing yet.
    if (tally.numbers[PLACED] === 0) continue
    const tallies = GROUP_NAMES.map((_, g) => (g === GROUP_INDEX[group] ? tally : EMPTY_TALLY))
    tallies[GROUP_INDEX.ledger] = ledger
    lookAt(view, state, question, placeOf(tallies, view.codes))
    const names = namesOfKey(state.vocabulary, group, key)
    const keyColumns = Object.fromEntries(table.key.map((column, i) => [column, names[i] as string]))
    named.push({ names, row: { ...keyColumns, ...record(view), ...extra?.(view) } })
  }
  return named.sort((a, b) => byNames(a.names, b.names)).map(({ row }) => row)
}

/** By UTF-16 code units, so that no locale and no order of bets decides. */
function byNames(a: readonly string[], b: readonly string[]): number {
  const i = a.findIndex((name, at) => name !== b[at])
  return i < 0 ? 0 : (a[i] as string) < (b[i] as string) ? -1 : 1
}

function metadataRow(feature: FeatureDefinition, { recordCount, checksum }: LayerFigures, atMs: number): TableRow {
  return {
    feature_name: feature.name,
    version: String(feature.version),
    type: feature.type,
    computation_mode: feature.mode,
    entity_key: feature.group === null ? ['bet_id'] : GROUPS[feature.group],
    dependencies: feature.dependsOn,
    ttl_seconds: feature.ttlMs === null ? null : feature.ttlMs / 1000,
    unit: feature.unit,
    missing_policy: feature.missing,
    description: feature.description,
    last_computed_at: instantOf(atMs),
    record_count: recordCount,
    checksum,
  }
}
