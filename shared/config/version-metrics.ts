/**
 * Metrics of the API that count once more by the version that answered, under the dimensions `FunctionName`,
 * `FunctionVersion` and, where a model answered, `ModelVersion`: by them a canary is held beside what is stable.
 */
export const METRICS_BY_VERSION = [
  'http_requests_total',
  'http_errors_total',
  'http_request_duration_ms',
  'prediction_latency',
  'predictions_total',
] as const

/** Not kept on Lambda, where a process has one request under way, or none. */
export const METRICS_OMITTED = ['active_requests'] as const

/** The version that answers, as dimensions; none outside Lambda. */
export function versionDimensions(
  of: { functionName: string | undefined; functionVersion: string | null },
  modelVersion?: string,
): Record<string, string> {
  if (of.functionName === undefined || of.functionVersion === null) return {}
  const dimensions = { FunctionName: of.functionName, FunctionVersion: of.functionVersion }
  return modelVersion === undefined ? dimensions : { ...dimensions, ModelVersion: modelVersion }
}
