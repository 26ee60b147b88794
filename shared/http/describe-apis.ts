import type { OpenAPIHono } from '@hono/zod-openapi'
import { VERSION } from '../config/version.ts'
import { InvariantError } from '../kernel/errors.ts'
import type { ApiEnv } from './api-env.ts'

const DESCRIPTION =
  'A ledger of bets, a calibrated win probability for each, and honest scores beside the market’s own. ' +
  'Errors are problem documents (RFC 9457). Percentages say so in their name; probabilities are 0 to 1. ' +
  'Send an API key in the header `x-api-key`; `closeline keys create` makes one. Each operation says which scope the ' +
  'key needs. A key has 100 requests a second and 50 at once where nothing else is set: the headers `ratelimit-*` tell ' +
  'what is left, and an answer of 429 says in `retry-after` how long to wait. A body has at most 1 MB.'

/** What the tags of the routes mean, in the order in which they are shown. */
const TAGS: Record<string, string> = {
  Prediction: 'Win probability of a bet at an offered price, and what follows from it.',
  Scoring: 'The bettor’s own record: a bet against it, and all of it.',
  Ledger: 'The bets themselves: read, and brought up to date.',
  Markets: 'What the next bets of a market are expected to do.',
  Opportunities: 'Prices that the extension saw and that have not expired.',
  Models: 'The models: which one serves, and what they are worth.',
  Drift: 'Whether what is asked today looks like what was learned from.',
  Health: 'Whether the service answers, and whether it is ready.',
  Legacy: 'Paths of the old API, kept for its clients.',
}

const SECURITY_SCHEMES = {
  apiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'x-api-key',
    description: 'A key of the form `cl_live_…` with the scope that the operation names.',
  },
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'The same key, in the header `authorization`, for tools that send only that.',
  },
} as const

/** An OpenAPI 3.1 document, as far as it is looked into here. */
export interface ApiDocument {
  openapi: string
  info: { title: string; version: string; description: string; license: { name: string; url: string } }
  servers: { url: string; description: string }[]
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, DescribedOperation>>
  components: Record<string, Record<string, unknown>>
}

interface DescribedOperation {
  tags?: string[]
  security?: Record<string, string[]>[]
  [field: string]: unknown
}

/**
 * The OpenAPI 3.1 document of some apps, as one.
 *
 * @throws {InvariantError} where two apps mean different things by one name, or serve one operation twice: one of the
 *         two would be missing without a word
 */
export function describeApis(apps: readonly OpenAPIHono<ApiEnv>[], title = 'Closeline API'): ApiDocument {
  const head = {
    openapi: '3.1.0',
    info: {
      title,
      version: VERSION,
      description: DESCRIPTION,
      license: { name: 'MIT', url: 'https://spdx.org/licenses/MIT' },
    },
    servers: [{ url: '/', description: 'The server that this document came from.' }],
  }
  const paths: ApiDocument['paths'] = {}
  const components: ApiDocument['components'] = { schemas: {} }
  for (const app of apps) {
    const document = app.getOpenAPI31Document(head)
    mergeAll(paths, (document.paths ?? {}) as ApiDocument['paths'], 'operation')
    mergeAll(components, (document.components ?? {}) as ApiDocument['components'], 'component')
  }
  for (const operation of operationsOf(paths)) offerBearer(operation)
  components.securitySchemes = SECURITY_SCHEMES
  return { ...head, tags: tagsOf(paths), paths, components }
}

function mergeAll<T>(into: Record<string, Record<string, T>>, from: Record<string, Record<string, T>>, what: string) {
  for (const [group, entries] of Object.entries(from)) {
    const merged = into[group] ?? {}
    into[group] = merged
    for (const [name, entry] of Object.entries(entries)) {
      const other = merged[name]
      if (other !== undefined && JSON.stringify(other) !== JSON.stringify(entry)) {
        throw new InvariantError(`two apps have a different ${what} ${group} ${name}`)
      }
      merged[name] = entry
    }
  }
}

function operationsOf(paths: ApiDocument['paths']): DescribedOperation[] {
  return Object.values(paths).flatMap((operations) => Object.values(operations))
}

/** A key may come in either header: two requirements, of which one has to hold. */
function offerBearer(operation: DescribedOperation): void {
  const scopes = scopesOf(operation)
  if (scopes !== undefined) operation.security = [{ apiKey: scopes }, { bearer: scopes }]
}

/** The scopes that an operation wants of a key; undefined where it is open. */
function scopesOf({ security }: DescribedOperation): string[] | undefined {
  return security?.map((requirement) => requirement.apiKey).find((scopes) => scopes !== undefined)
}

function tagsOf(paths: ApiDocument['paths']): ApiDocument['tags'] {
  const used = new Set(operationsOf(paths).flatMap(({ tags }) => tags ?? []))
  const known = Object.keys(TAGS).filter((name) => used.has(name))
  const others = [...used].filter((name) => !(name in TAGS)).sort()
  return [...known, ...others].map((name) => ({ name, description: TAGS[name] ?? name }))
}
