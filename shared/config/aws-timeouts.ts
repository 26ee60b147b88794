/**
 * For every client of the AWS SDK: no request waits for ever. A connection gets 2 s, a silent socket 10 s, a whole
 * request until its answer begins 30 s.
 */
export const AWS_TIMEOUTS = {
  requestHandler: {
    connectionTimeout: 2000,
    // Of the three only this one watches over a body that stops in its midst.
    socketTimeout: 10_000,
    requestTimeout: 30_000,
    // Without it the SDK prints a warning and goes on waiting.
    throwOnRequestTimeout: true,
  },
}
