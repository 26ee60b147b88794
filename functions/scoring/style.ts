import type { ProblemStyle } from '../../shared/http/problem.ts'

/** A value that cannot be is 400, with `success: false`, as the extension knows it. */
export const STYLE: ProblemStyle = { invalidStatus: 400, withEnvelope: true }
