import type { Hono } from 'hono'
import { hc, parseResponse } from 'hono/client'
import type { Sleep } from '../kernel/ports.ts'
import type { PredictionApp, ScoringApp } from './apps.ts'
import type { Fetch } from './patient-fetch.ts'
import { patientFetch } from './patient-fetch.ts'

export interface ClientOptions {
  /** Where both APIs answer: `https://api.example.org`, or `http://127.0.0.1:3000` of `npm start`. */
  baseUrl: string
  /** An API key, `cl_live_…`, with the scopes that the calls want. */
  apiKey: string
  /** For environments with a `fetch` of their own, and tests. */
  fetch?: Fetch
  /** Milliseconds that one attempt may take: 10,000 by default. */
  timeoutMs?: number
  /** Attempts after the first, of requests that may be sent twice: 2 by default. */
  retries?: number
  /** Longest pause between attempts in milliseconds: 30,000 by default. */
  longestPauseMs?: number
  sleep?: Sleep
}

// biome-ignore lint/suspicious/noExplicitAny: no narrower type has every app's below it; hc asks for the same
type AnyApp = Hono<any, any, any>

/** The paths of an app as methods: `client.api['score-bet'].$get({ query })`. */
export type TypedPaths<App extends AnyApp> = ReturnType<typeof hc<App>>

export interface Client<Scoring extends AnyApp, Prediction extends AnyApp> {
  /** Ledger, scores, dashboard, opportunities. */
  scoring: TypedPaths<Scoring>
  /** Predictions, models, drift, health. */
  prediction: TypedPaths<Prediction>
}

/**
 * A client of Closeline's API whose paths, parameters and answers are typed by the apps themselves.
 *
 * Answers that are no success are thrown as {@link import('./api-problem.ts').ApiProblem}; requests that may be sent
 * twice are sent again after the time that a 429 or 503 asks for. Wrap a call in {@link answerOf} to get its body.
 *
 * @throws {TypeError} where `baseUrl` is no URL
 * @example
 * const { scoring } = createClient({ baseUrl: 'http://127.0.0.1:3000', apiKey })
 * const score = await answerOf(scoring.api['score-bet'].$get({ query: { sport: 'Tennis', market: 'Moneyline' } }))
 * score.evaluation.score // 'good'
 */
export function createClient<Scoring extends AnyApp = ScoringApp, Prediction extends AnyApp = PredictionApp>(
  options: ClientOptions,
): Client<Scoring, Prediction> {
  const { apiKey, timeoutMs = 10_000, retries = 2, longestPauseMs = 30_000 } = options
  const baseUrl = new URL(options.baseUrl).href
  const send = options.fetch ?? ((input, init) => fetch(input, init))
  const patient = patientFetch({ fetch: send, sleep: options.sleep ?? pause, timeoutMs, retries, longestPauseMs })
  const settings = { fetch: patient, headers: { 'x-api-key': apiKey } }
  return { scoring: hc<Scoring>(baseUrl, settings), prediction: hc<Prediction>(baseUrl, settings) }
}

/** The body of a call's success, typed as documented; what is no success has been thrown. */
export const answerOf = parseResponse

const pause: Sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
