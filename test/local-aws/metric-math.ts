/** A number, a truth value as 1 or 0, or undefined where a metric has no value. */
type Value = number | undefined

/**
 * A CloudWatch metric-math expression over the values of one period: numbers, ids, + - * / ^, comparisons, AND, OR,
 * parentheses, IF, FILL, MAX, MIN, SUM, AVG, ABS, CEIL, FLOOR. An operation on a missing value is missing.
 *
 * @throws {SyntaxError} where it is more than this
 * @see AWS, "Using math expressions with CloudWatch metrics"
 */
export function metricMath(expression: string, valueById: (id: string) => Value): Value {
  const tokens = expression.match(/\d+(?:\.\d+)?|[A-Za-z_]\w*|[<>=!]=|[-+*/^()<>,[\]]/g) ?? []
  let at = 0

  function take(token: string): boolean {
    if (tokens[at]?.toUpperCase() !== token) return false
    at++
    return true
  }

  function expect(token: string): void {
    if (!take(token)) throw new SyntaxError(`${expression}: ${tokens[at] ?? 'the end'} where ${token} should be`)
  }

  function binary(operators: readonly string[], operand: () => Value): Value {
    let left = operand()
    for (;;) {
      const operator = operators.find(take)
      if (operator === undefined) return left
      left = apply(operator, left, operand())
    }
  }

  const either = (): Value => binary(['OR'], () => binary(['AND'], comparison))
  const comparison = (): Value => binary(['<=', '>=', '==', '!=', '<', '>'], sum)
  const sum = (): Value => binary(['+', '-'], () => binary(['*', '/'], power))
  const power = (): Value => binary(['^'], unary)

  function unary(): Value {
    if (take('-')) return apply('-', 0, unary())
    if (take('(')) {
      const value = either()
      expect(')')
      return value
    }
    const token = tokens[at++] ?? ''
    if (/^\d/.test(token)) return Number(token)
    if (!/^[A-Za-z_]/.test(token)) throw new SyntaxError(`${expression}: ${token} begins no value`)
    return tokens[at] === '(' ? call(token.toUpperCase()) : valueById(token)
  }

  function call(name: string): Value {
    expect('(')
    const isList = take('[')
    const values: Value[] = [either()]
    while (take(',')) values.push(either())
    if (isList) expect(']')
    expect(')')
    return callOf(name, values)
  }

  const value = either()
  if (at < tokens.length) throw new SyntaxError(`${expression}: ${tokens[at]} is left over`)
  return value
}

function apply(operator: string, a: Value, b: Value): Value {
  if (a === undefined || b === undefined) return undefined
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      // CloudWatch leaves a point out that would be divided by nought.
      return b === 0 ? undefined : a / b
    case '^':
      return a ** b
    case 'AND':
      return Number(a !== 0 && b !== 0)
    case 'OR':
      return Number(a !== 0 || b !== 0)
    case '<':
      return Number(a < b)
    case '<=':
      return Number(a <= b)
    case '>':
      return Number(a > b)
    case '>=':
      return Number(a >= b)
    case '==':
      return Number(a === b)
  }
  return Number(a !== b)
}

function callOf(name: string, values: readonly Value[]): Value {
  const [first, second, third] = values
  if (name === 'IF') return first === undefined ? undefined : first !== 0 ? second : third
  if (name === 'FILL') return first ?? second
  const known = values.filter((value) => value !== undefined)
  if (known.length === 0) return undefined
  const total = known.reduce((sum, value) => sum + value, 0)
  switch (name) {
    case 'MAX':
      return Math.max(...known)
    case 'MIN':
      return Math.min(...known)
    case 'SUM':
      return total
    case 'AVG':
      return total / known.length
    case 'ABS':
      return Math.abs(total)
    case 'CEIL':
      return Math.ceil(total)
    case 'FLOOR':
      return Math.floor(total)
  }
  throw new SyntaxError(`no double of ${name}`)
}
