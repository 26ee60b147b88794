/** The part of autocannon that the benches use; the package brings no types. */
declare module 'autocannon' {
  interface Options {
    url: string
    connections: number
    /** Seconds. */
    duration: number
    method?: string
    headers?: Record<string, string>
    body?: string
    requests?: { method?: string; path?: string; headers?: Record<string, string>; body?: string }[]
  }

  /** Milliseconds at percentiles, or counts a second. */
  interface Histogram {
    average: number
    mean: number
    p50: number
    p99: number
    max: number
  }

  interface Result {
    requests: Histogram & { total: number }
    latency: Histogram
    duration: number
    errors: number
    timeouts: number
    non2xx: number
  }

  function autocannon(options: Options): Promise<Result>

  export = autocannon
}
