import * as z from 'zod'

/** What a rule looks for: of each member the values or filters of which one must match. */
export type EventPattern = { [member: string]: EventPattern | readonly unknown[] }

const patternSchema: z.ZodType<EventPattern> = z.lazy(() =>
  z.record(z.string(), z.union([z.array(z.unknown()), patternSchema])),
)

export function parseEventPattern(value: unknown): EventPattern {
  return patternSchema.parse(value)
}

/**
 * Whether an event is what a rule looks for: values, `prefix`, `suffix`, `anything-but` (values or a prefix), `exists`,
 * `numeric`, `equals-ignore-case`, `wildcard`, and `$or`. Of a list in the event one element must match.
 *
 * @throws {SyntaxError} where the pattern has a filter that is none of these
 * @see AWS, "Creating event patterns", EventBridge user guide
 */
export function matchesPattern(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([member, expected]) => {
    if (member === '$or' && Array.isArray(expected)) {
      return expected.some((one) => matchesPattern(parseEventPattern(one), event))
    }
    const actual = isObject(event) ? event[member] : undefined
    if (!isList(expected)) return matchesPattern(expected, actual)
    const values: readonly unknown[] = Array.isArray(actual) ? actual : [actual]
    return expected.some((one) => values.some((value) => matchesOne(one, value)))
  })
}

function isList(value: EventPattern | readonly unknown[]): value is readonly unknown[] {
  return Array.isArray(value)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function matchesOne(expected: unknown, value: unknown): boolean {
  if (!isObject(expected)) return expected === value
  const [filter = '', argument] = Object.entries(expected)[0] ?? []
  if (filter === 'exists') return argument === (value !== undefined)
  if (value === undefined) return false
  switch (filter) {
    case 'prefix':
      return typeof value === 'string' && value.startsWith(String(argument))
    case 'suffix':
      return typeof value === 'string' && value.endsWith(String(argument))
    case 'equals-ignore-case':
      return typeof value === 'string' && value.toLowerCase() === String(argument).toLowerCase()
    case 'wildcard':
      return typeof value === 'string' && wildcard(String(argument)).test(value)
    case 'anything-but':
      return ![argument].flat().some((one) => matchesOne(one, value))
    case 'numeric':
      return typeof value === 'number' && matchesNumber(argument, value)
  }
  throw new SyntaxError(`no double of the filter ${filter}`)
}

function wildcard(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`)
}

/** @param argument  operators and bounds in turn, such as `['>', 0, '<=', 5]` */
function matchesNumber(argument: unknown, value: number): boolean {
  if (!Array.isArray(argument)) throw new SyntaxError('numeric needs a list')
  for (let i = 0; i < argument.length; i += 2) {
    const bound = Number(argument[i + 1])
    const holds = {
      '=': value === bound,
      '>': value > bound,
      '>=': value >= bound,
      '<': value < bound,
      '<=': value <= bound,
    }
    const operator = String(argument[i])
    if (!(operator in holds)) throw new SyntaxError(`no comparison ${operator}`)
    if (!holds[operator as keyof typeof holds]) return false
  }
  return true
}
