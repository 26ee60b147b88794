import type { createPredictionApp } from '../../functions/prediction/app.ts'
import type { createScoringApp } from '../../functions/scoring/app.ts'

/** The apps' types, which is all that a client needs of them: nothing of their code comes along. */
export type PredictionApp = ReturnType<typeof createPredictionApp>
export type ScoringApp = ReturnType<typeof createScoringApp>
