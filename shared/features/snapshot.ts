import * as z from 'zod'
import { BET_STATES, BET_TYPES } from '../bets/bet.ts'
import { DomainError, messageOf } from '../kernel/errors.ts'
import { placementsAfter, resultsAfter, waiting } from './advance.ts'
import type { KnownBet } from './known-bet.ts'
import { KNOWN_BET_KEYS } from './known-bet.ts'
import { createNumberReader } from './numbers.ts'
import { ensurePlace } from './places.ts'
import type { FeatureState, Place } from './state.ts'
import { readGroups, writeGroups } from './state-numbers.ts'

/** The beginning of every snapshot. */
const MAGIC = 'CLOSEFS2'
const DIGEST_BYTES = 32

const label = z.string().nullable()
const money = z.int().nullable()

const knownBetSchema = z.object({
  id: z.string(),
  state: z.enum(BET_STATES),
  betType: z.enum(BET_TYPES),
  ...{ sport: label, league: label, market: label, book: label },
  ...{ isLive: z.boolean(), isFreeBet: z.boolean() },
  decimalOdds: z.number().gt(1).nullable(),
  ...{ stakeMinor: money, profitMinor: money, currency: label },
  returnPerUnit: z.number().nullable(),
  placedAtMs: z.int(),
  settledAtMs: z.int().nullable(),
  resultKnownAtMs: z.int().nullable(),
}) satisfies z.ZodType<KnownBet>

const names = z.array(z.string())

const headerSchema = z.object({
  /** Identity of all features' arithmetic, which the state is made for. */
  layerHash: z.string().length(64),
  currency: label,
  names: z.object({ sport: names, league: names, market: names, book: names }),
  resultsKnownBy: z.object({ told: z.int(), settled: z.int(), assumed: z.int() }),
  /** Bets whose placement waits, and whose result does. */
  placements: z.array(knownBetSchema),
  results: z.array(knownBetSchema),
})

type Header = z.infer<typeof headerSchema>

/** A {@link FeatureState} as it is stored. */
export interface StoredState {
  /** Identity of the arithmetic that it was made by and for. */
  layerHash: string
  state: FeatureState
}

/** A state to serve from: whose history it holds, and how fresh it is. */
export interface FeatureSnapshot extends StoredState {
  /** Identity of the ledger that it was made from. */
  ledgerSha256: string
  /** Whether the history is a bettor's own or simulated. */
  origin: 'own' | 'demo'
  /** When the ledger was last read, milliseconds since the epoch: features age from here. */
  lookedAtMs: number
}

/**
 * The bytes of a snapshot: `CLOSEFS2`, the header's length as a 64-bit float, the header as JSON padded with blanks to a
 * multiple of 8, the state's numbers as 64-bit floats (little-endian), and the SHA-256 of all that.
 *
 * Equal states give equal bytes, whatever way they were come by.
 */
export async function encodeSnapshot({ layerHash, state }: StoredState): Promise<Uint8Array> {
  const { vocabulary, currency, resultsKnownBy } = state
  const header: Header = {
    layerHash,
    currency,
    names: {
      sport: vocabulary.sport.names,
      league: vocabulary.league.names,
      market: vocabulary.market.names,
      book: vocabulary.book.names,
    },
    resultsKnownBy,
    placements: waiting(state.placements).map(knownPart),
    results: waiting(state.results).map(knownPart),
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const headerBytes = Math.ceil(text.length / 8) * 8
  const numbers = writeGroups(state)
  const body = new Uint8Array(16 + headerBytes + numbers.byteLength + DIGEST_BYTES)
  body.set(new TextEncoder().encode(MAGIC))
  new DataView(body.buffer).setFloat64(8, headerBytes, true)
  body.fill(0x20, 16, 16 + headerBytes)
  body.set(text, 16)
  body.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), 16 + headerBytes)
  const end = body.length - DIGEST_BYTES
  body.set(await digestOf(body.subarray(0, end)), end)
  return body
}

/**
 * Reads a snapshot back.
 *
 * @param name  what errors call it
 * @throws {DomainError} `corrupt_object` where a bit is not as it was written
 */
export async function decodeSnapshot(bytes: Uint8Array, name: string): Promise<StoredState> {
  // Numbers are read where they lie, which must be a multiple of 8.
  const body = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes)
  const { header, numbers } = await open(body, name)
  const { layerHash, placements, results, resultsKnownBy, currency } = header
  const state = readGroups(createNumberReader(numbers, name), header.names)
  state.currency = currency
  state.resultsKnownBy = resultsKnownBy
  state.placements = placementsAfter(state.placements, placements, placesOf(state, placements))
  state.results = resultsAfter(state.results, results, placesOf(state, results))
  return { layerHash, state }
}

function placesOf(state: FeatureState, bets: readonly KnownBet[]): Place[] {
  return bets.map((bet) => ensurePlace(state, bet))
}

async function open(body: Uint8Array, name: string): Promise<{ header: Header; numbers: Float64Array }> {
  const damaged = (why: string, cause?: unknown) =>
    new DomainError('corrupt_object', `${name} is damaged: ${why}`, { cause })
  const end = body.length - DIGEST_BYTES
  const magic = new TextDecoder().decode(body.subarray(0, MAGIC.length))
  if (magic !== MAGIC || end < 16) throw damaged('it is no snapshot of this version')
  const digest = await digestOf(body.subarray(0, end))
  if (digest.some((byte, i) => byte !== body[end + i])) throw damaged('its bytes are not those written (SHA-256)')
  const headerBytes = new DataView(body.buffer, body.byteOffset).getFloat64(8, true)
  const first = 16 + headerBytes
  if (!(first <= end && (end - first) % 8 === 0)) throw damaged('its header has no such length')
  let parsed: unknown
  try {
    parsed = JSON.parse(new TextDecoder().decode(body.subarray(16, first)))
  } catch (cause) {
    throw damaged(messageOf(cause), cause)
  }
  const header = headerSchema.safeParse(parsed)
  if (!header.success) throw damaged(header.error.issues[0]?.message ?? 'its header is of another version')
  return {
    header: header.data,
    numbers: new Float64Array(body.buffer, body.byteOffset + first, (end - first) / 8),
  }
}

async function digestOf(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)))
}

function knownPart(bet: KnownBet): KnownBet {
  return Object.fromEntries(KNOWN_BET_KEYS.map((key) => [key, bet[key]])) as unknown as KnownBet
}
