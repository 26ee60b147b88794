/** A route of an HTTP API. */
export interface HttpRoute {
  /** `METHOD /path`, `ANY /path` or `$default`. */
  key: string
  /** Function that answers, by ARN. */
  target: string
  /** Undefined where everybody may ask. */
  authorizer: string | undefined
}

export interface RouteMatch {
  route: HttpRoute
  pathParameters: Readonly<Record<string, string>>
}

/**
 * The route that API Gateway takes: the most specific path, there the method before ANY, and `$default` last.
 *
 * A literal part of a path is more specific than a variable, and a variable than a greedy one. A path that is routed under
 * another method alone is not.
 *
 * @see AWS, "Create routes for HTTP APIs in API Gateway"
 */
export function matchRoute(routes: readonly HttpRoute[], method: string, path: string): RouteMatch | undefined {
  const found = routes
    .map((route) => ({ route, match: matchKey(route.key, method, path) }))
    .filter(({ match }) => match !== undefined)
    .sort((a, b) => (b.match?.rank ?? '').localeCompare(a.match?.rank ?? ''))
  const [best] = found
  return best?.match === undefined ? undefined : { route: best.route, pathParameters: best.match.parameters }
}

interface KeyMatch {
  /** The greater as text, the more specific. */
  rank: string
  parameters: Record<string, string>
}

const LITERAL = '3'
const VARIABLE = '2'
const GREEDY = '1'

function matchKey(key: string, method: string, path: string): KeyMatch | undefined {
  if (key === '$default') return { rank: '', parameters: {} }
  const [keyMethod = '', pattern = ''] = key.split(' ')
  if (keyMethod !== 'ANY' && keyMethod !== method) return undefined
  const parts = pattern.split('/').slice(1)
  const given = path.split('/').slice(1)
  const parameters: Record<string, string> = {}
  let rank = ''
  for (const [i, part] of parts.entries()) {
    const [, name = '', greedy] = /^\{([^}+]+)(\+?)\}$/.exec(part) ?? []
    const value = given[i]
    if (greedy === '+') {
      if (value === undefined || value === '') return undefined
      parameters[name] = decoded(given.slice(i).join('/'))
      return { rank: `${rank}${GREEDY}${methodRank(keyMethod)}`, parameters }
    }
    if (value === undefined) return undefined
    if (name !== '') {
      if (value === '') return undefined
      parameters[name] = decoded(value)
      rank += VARIABLE
    } else if (part === value) rank += LITERAL
    else return undefined
  }
  return parts.length === given.length ? { rank: `${rank}${methodRank(keyMethod)}`, parameters } : undefined
}

function methodRank(method: string): string {
  return method === 'ANY' ? '0' : '1'
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
