import type { ProblemStyle } from '../../shared/http/problem.ts'

/** A value that cannot be is 422, as the old clients of predictions know it. */
export const STYLE: ProblemStyle = { invalidStatus: 422, withEnvelope: false }
