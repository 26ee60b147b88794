/** A typed client of the API, for Node and browsers: all that a caller imports. */
export { ApiProblem, ApiUnreachable } from './api-problem.ts'
export type { ClientOptions } from './client.ts'
export { answerOf, createClient } from './client.ts'
