import { DomainError } from '../kernel/errors.ts'

/** Fields whose names a ledger brings along. */
export const NAMED_FIELDS = ['sport', 'league', 'market', 'book'] as const
export type NamedField = (typeof NAMED_FIELDS)[number]

/** Code of a name that no bet before has borne. */
export const UNKNOWN_CODE = 0

/** Codes are below this, so that three of them make one exact number. */
export const CODE_LIMIT = 2 ** 17

/**
 * The names of one field with their codes, from 1 in the order in which they were first met.
 *
 * A name keeps its code for ever: a rebuild begins with the names of the last one, so bets that are added or deleted in
 * the past change no code that a model has learned.
 */
export interface FieldNames {
  names: string[]
  codes: Map<string, number>
  /** `seen[code − 1]`: 1 where a bet so named has been placed at this point of the pass. */
  seen: Uint8Array
}

export type Vocabulary = Readonly<Record<NamedField, FieldNames>>

/** Names in order of their codes. */
export type VocabularyNames = Readonly<Record<NamedField, readonly string[]>>

export const NO_NAMES: VocabularyNames = { sport: [], league: [], market: [], book: [] }

/** @param seen  which names bets have borne; none at the beginning of a pass */
export function createVocabulary(start: VocabularyNames = NO_NAMES, seen?: Record<NamedField, Uint8Array>): Vocabulary {
  const fieldNames = (field: NamedField): FieldNames => {
    const names = [...start[field]]
    return {
      names,
      codes: new Map(names.map((name, i) => [name, i + 1])),
      seen: seen?.[field] ?? new Uint8Array(Math.max(16, names.length)),
    }
  }
  return {
    sport: fieldNames('sport'),
    league: fieldNames('league'),
    market: fieldNames('market'),
    book: fieldNames('book'),
  }
}

export function namesOf(vocabulary: Vocabulary): VocabularyNames {
  const { sport, league, market, book } = vocabulary
  return { sport: sport.names, league: league.names, market: market.names, book: book.names }
}

/** Whether a bet placed before now bears the name of this code. */
export function isSeen(field: FieldNames, code: number): boolean {
  return field.seen[code - 1] === 1
}

/**
 * Gives a name its code, where it has none.
 *
 * @throws {DomainError} `too_many_names` beyond 131,071 of one field
 */
export function enterName({ names, codes }: FieldNames, name: string): void {
  if (codes.has(name)) return
  if (names.length + 1 >= CODE_LIMIT) {
    throw new DomainError('too_many_names', `${CODE_LIMIT - 1} different names are the most that a field may have`)
  }
  names.push(name)
  codes.set(name, names.length)
}

/** Notes that a bet of this name has been placed. */
export function seeName(field: FieldNames, name: string): void {
  const code = field.codes.get(name) ?? 0
  if (code > field.seen.length) field.seen = grown(field.seen, code)
  field.seen[code - 1] = 1
}

function grown(seen: Uint8Array, length: number): Uint8Array {
  const larger = new Uint8Array(2 * length)
  larger.set(seen)
  return larger
}
