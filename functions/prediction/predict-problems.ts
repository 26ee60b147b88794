/** What every route that predicts may answer instead, by status. */
export const PREDICTION_PROBLEMS = {
  401: 'No API key that holds.',
  403: 'The API key has no scope predict.',
  422: 'A field is missing or out of range.',
  429: 'Too many requests.',
  500: 'Closeline failed; the failure has been logged.',
  503: 'No model is in service.',
}

/** What a route with a JSON body may answer besides. */
export const BODY_PROBLEMS = {
  400: 'The body is not JSON.',
  413: 'The body is too large.',
  415: 'The body is not called JSON.',
}
