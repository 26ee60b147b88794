/**
 * Whether a request that failed with this HTTP status may succeed later: one that was never answered or not in time,
 * one too many, and one that the server failed at. Any other refusal comes again.
 */
export function isRetryableStatus(status: number | undefined): boolean {
  return status === undefined || status === 408 || status === 429 || status >= 500
}
