/**
 * Whether a log line is what a metric filter looks for: `{ … }` over the members of a JSON line, with `=`, `!=`, `<`, `<=`,
 * `>`, `>=`, `&&`, `||` and parentheses. A value is a number, a text with `*` at its ends, or `*` for any that is there.
 *
 * @throws {SyntaxError} where the pattern is more than this
 * @see AWS, "Filter pattern syntax for metric filters", CloudWatch Logs user guide
 */
export function matchesLogPattern(pattern: string, line: string): boolean {
  const members = jsonOf(line)
  if (members === undefined) return false
  const inner = /^\s*\{(.*)\}\s*$/s.exec(pattern)?.[1]
  if (inner === undefined) throw new SyntaxError(`no double of the pattern ${pattern}`)
  const tokens = inner.match(/\$[\w.[\]]+|"(?:[^"\\]|\\.)*"|&&|\|\||[<>!]?=|[<>()]|[^\s()=<>!&|"]+/g) ?? []
  let at = 0

  function take(token: string): boolean {
    if (tokens[at] !== token) return false
    at++
    return true
  }

  function either(): boolean {
    let holds = both()
    while (take('||')) holds = [both(), holds].some(Boolean)
    return holds
  }

  function both(): boolean {
    let holds = one()
    while (take('&&')) holds = [one(), holds].every(Boolean)
    return holds
  }

  function one(): boolean {
    if (take('(')) {
      const holds = either()
      if (!take(')')) throw new SyntaxError(`${pattern}: a parenthesis is open`)
      return holds
    }
    const [selector = '', operator = '', expected = ''] = tokens.slice(at, at + 3)
    if (!selector.startsWith('$')) throw new SyntaxError(`${pattern}: ${selector} selects nothing`)
    at += 3
    return compare(memberAt(members, selector), operator, expected)
  }

  const holds = either()
  if (at < tokens.length) throw new SyntaxError(`${pattern}: ${tokens[at]} is left over`)
  return holds
}

/** The number that a line adds to a metric: one that is written there, or the member that a selector names. */
export function loggedValue(value: string, line: string): number | undefined {
  const found = value.startsWith('$') ? memberAt(jsonOf(line), value) : Number(value)
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined
}

function jsonOf(line: string): unknown {
  try {
    const json: unknown = JSON.parse(line)
    return typeof json === 'object' && json !== null ? json : undefined
  } catch {
    return undefined
  }
}

/** @param selector  such as `$.record.metrics[0]` */
function memberAt(value: unknown, selector: string): unknown {
  let found = value
  for (const part of selector.match(/[^.[\]$]+/g) ?? []) {
    found = typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[part] : undefined
  }
  return found
}

function compare(actual: unknown, operator: string, expected: string): boolean {
  if (actual === undefined || (typeof actual === 'object' && actual !== null)) return false
  if (expected === '*') return operator === '='
  if (expected.startsWith('"') || Number.isNaN(Number(expected))) {
    const text = expected.startsWith('"') ? expected.slice(1, -1) : expected
    const escaped = text.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
    const isSame = new RegExp(`^${escaped}$`).test(String(actual))
    if (operator === '=' || operator === '!=') return isSame === (operator === '=')
    throw new SyntaxError(`no double of ${operator} for text`)
  }
  if (typeof actual !== 'number') return false
  const bound = Number(expected)
  switch (operator) {
    case '=':
      return actual === bound
    case '!=':
      return actual !== bound
    case '<':
      return actual < bound
    case '<=':
      return actual <= bound
    case '>':
      return actual > bound
    case '>=':
      return actual >= bound
  }
  throw new SyntaxError(`no double of the operator ${operator}`)
}
