import { DomainError } from '../kernel/errors.ts'
import type { ComputeBlocks, FeatureBlock, FeatureDefinition } from './definition.ts'
import { valueWhereMissing } from './definition.ts'
import { isStale } from './freshness.ts'
import type { Placement } from './groups.ts'
import { findPlace } from './places.ts'
import { FEATURE_BLOCKS, FEATURES, featuresHash } from './registry.ts'
import type { FeatureState, Place } from './state.ts'
import type { View } from './view.ts'
import { createView, lookAt } from './view.ts'

/** Some features in an order: the columns a model is trained on, and the vector it is asked with. */
export interface FeatureSet {
  names: readonly string[]
  definitions: readonly FeatureDefinition[]
  /** How long after the last look at the ledger no value is stale, milliseconds; Infinity where none ever is. */
  allFreshMs: number
  /** Identity of names, order and arithmetic. */
  hash(): Promise<string>
  /** Begins columns for so many bets. @param spare  as for {@link import('./advance.ts').advance} */
  openColumns(nRows: number, spare?: readonly Float32Array[]): ColumnWriter
  /**
   * The features of one bet as 32-bit floats, stale values as their missing policy has them; all that is known strictly
   * before the bet must have been applied.
   *
   * @param sinceLookMs  how long ago the ledger was last read, milliseconds
   * @param place        that of the bet, where it has been found already
   */
  vector(state: FeatureState, bet: Placement, sinceLookMs: number, place?: Place): Float32Array
}

/** The features of bets, one bet after the other. */
export interface ColumnWriter {
  /** Adds the row of the next bet; all that is known strictly before it must have been applied. */
  add(state: FeatureState, bet: Placement, place: Place): void
  /** `columns[f][r]`: feature f of the r-th bet added. */
  finish(): Float32Array[]
}

/** Rows that are gathered before they are written to their columns, a few cache lines of 32-bit floats each. */
const ROWS_AT_ONCE = 64

/**
 * The set of the features named, in that order.
 *
 * @throws {DomainError} `unknown_feature`, `repeated_feature`
 */
export function featureSet(names: readonly string[]): FeatureSet {
  const definitions = names.map(definitionOf)
  const repeated = names.find((name, i) => names.indexOf(name) !== i)
  if (repeated !== undefined) throw new DomainError('repeated_feature', `${repeated} is named twice`)
  const allFreshMs = Math.min(...definitions.map(({ ttlMs }) => ttlMs ?? Number.POSITIVE_INFINITY))
  const { runs, width, positions } = blocksFor(definitions)
  const view = createView()
  /** Values of one bet; kept, since memory of its own for every question costs more than the values. */
  const made = new Float32Array(width)

  /** Writes every value of the blocks to `out` from `at`. */
  function compute(state: FeatureState, bet: Placement, place: Place, out: Float32Array, at: number): void {
    lookAt(view, state, bet, place)
    for (let i = 0; i < runs.length; i++) {
      const run = runs[i] as Run
      run.compute(view, run.groups, out, at + run.begin)
    }
  }

  return {
    names,
    definitions,
    allFreshMs,
    hash: () => featuresHash(definitions),
    openColumns(nRows, spare = []) {
      const columns = Array.from(positions, (_, f) => columnOf(nRows, spare[f]))
      const gathered = new Float32Array(ROWS_AT_ONCE * width)
      const shape = { width, positions, bits: bitsOf(gathered), columnBits: columns.map(bitsOf) }
      let rows = 0
      return {
        add(state, bet, place) {
          const slot = rows % ROWS_AT_ONCE
          compute(state, bet, place, gathered, slot * width)
          rows += 1
          if (slot === ROWS_AT_ONCE - 1) scatter(shape, rows - ROWS_AT_ONCE, rows)
        },
        finish() {
          scatter(shape, rows - (rows % ROWS_AT_ONCE), rows)
          return columns
        },
      }
    },
    vector(state, bet, sinceLookMs, place = findPlace(state, bet)) {
      compute(state, bet, place, made, 0)
      const isAllFresh = sinceLookMs <= allFreshMs
      const out = new Float32Array(positions.length)
      for (let f = 0; f < positions.length; f++) {
        const value = made[positions[f] as number] as number
        // Written as a constant: all not-a-numbers alike, as in columns.
        out[f] = Number.isNaN(value) ? Number.NaN : value
        if (isAllFresh) continue
        const definition = definitions[f] as FeatureDefinition
        if (isStale(definition, sinceLookMs)) out[f] = valueWhereMissing(definition)
      }
      return out
    },
  }
}

/** A column in the memory of another where that is large enough: new memory costs as much as a tenth of the pass. */
function columnOf(nRows: number, spare: Float32Array | undefined): Float32Array {
  const isLarge = spare !== undefined && spare.buffer.byteLength >= nRows * Float32Array.BYTES_PER_ELEMENT
  return isLarge ? new Float32Array(spare.buffer, 0, nRows) : new Float32Array(nRows)
}

/** Rows of values, and the columns that some of them go to, as bits. */
interface Scattering {
  /** Values in a row. */
  width: number
  /** Where in a row the value of each column stands. */
  positions: Int32Array
  bits: Int32Array
  columnBits: readonly Int32Array[]
}

/** Writes gathered rows to rows [begin, end) of their columns: a value at a time, each step would miss the cache. */
function scatter({ width, positions, bits, columnBits }: Scattering, begin: number, end: number): void {
  for (let f = 0; f < positions.length; f++) {
    const column = columnBits[f] as Int32Array
    let at = positions[f] as number
    for (let r = begin; r < end; r++) {
      column[r] = withOneNaN(bits[at] as number)
      at += width
    }
  }
}

function bitsOf({ buffer, byteOffset, length }: Float32Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length)
}

const EXPONENT_BITS = 0x7f80_0000
const NAN_BITS = 0x7fc0_0000

/** The bits of a value, all not-a-numbers alike: which of them 0/0 gives, depends on processor and compiler. */
function withOneNaN(bits: number): number {
  // All ones where it is none, else all zeros: a branch would be guessed wrong too often.
  const isNone = (EXPONENT_BITS - (bits & 0x7fff_ffff)) >> 31
  return (bits & ~isNone) | (NAN_BITS & isNone)
}

/**
 * The set that something was learned from; undefined where this software makes such features no more, or otherwise.
 *
 * @throws {DomainError} `repeated_feature`
 */
export async function fittingSet(learned: { hash: string; names: readonly string[] }): Promise<FeatureSet | undefined> {
  if (!learned.names.every((name) => BY_NAME.has(name))) return undefined
  const set = featureSet(learned.names)
  return (await set.hash()) === learned.hash ? set : undefined
}

/** A view of a bet as a set would have it, for whoever explains a value. */
export function viewOf(state: FeatureState, bet: Placement): View {
  const view = createView()
  lookAt(view, state, bet, findPlace(state, bet))
  return view
}

const BY_NAME: ReadonlyMap<string, FeatureDefinition> = new Map(FEATURES.map((feature) => [feature.name, feature]))

/** The registry's entry of a name. @throws {DomainError} `unknown_feature` */
export function definitionOf(name: string): FeatureDefinition {
  const definition = BY_NAME.get(name)
  if (definition === undefined) throw new DomainError('unknown_feature', `there is no feature ${name}`)
  return definition
}

/** Blocks of one kind that follow each other, made by one call. */
interface Run {
  compute: ComputeBlocks
  groups: Int32Array
  /** Where among all values theirs begin. */
  begin: number
}

function runsOf(blocks: readonly FeatureBlock[]): Run[] {
  const runs: Run[] = []
  let width = 0
  for (const { features, group, compute } of blocks) {
    const last = runs.at(-1)
    if (last?.compute === compute) last.groups = Int32Array.of(...last.groups, group)
    else runs.push({ compute, groups: Int32Array.of(group), begin: width })
    width += features.length
  }
  return runs
}

/** The runs that make the features, how many values they write, and where among these each of the features stands. */
function blocksFor(definitions: readonly FeatureDefinition[]) {
  const wanted = new Set(definitions)
  const blocks = FEATURE_BLOCKS.filter(({ features }) => features.some((feature) => wanted.has(feature)))
  const made = blocks.flatMap(({ features }) => features)
  const positions = Int32Array.from(definitions, (definition) => made.indexOf(definition))
  return { runs: runsOf(blocks), width: made.length, positions }
}
