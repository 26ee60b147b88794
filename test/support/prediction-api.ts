import { batchRoutes } from '../../functions/prediction/batch-routes.ts'
import { legacyRoutes } from '../../functions/prediction/legacy-routes.ts'
import { predictRoutes } from '../../functions/prediction/predict-routes.ts'
import { STYLE } from '../../functions/prediction/style.ts'
import type { Scope } from '../../shared/access/client.ts'
import { onnxScorer } from '../../shared/adapters/onnx-scorer.ts'
import type { Bet } from '../../shared/bets/bet.ts'
import type { Blend } from '../../shared/blend/blend.ts'
import { createApi } from '../../shared/http/api.ts'
import { mountDocs } from '../../shared/http/docs.ts'
import type { LoggedPrediction } from '../../shared/performance/served-prediction.ts'
import type { ServeDeps } from '../../shared/usecases/serve-predictions.ts'
import { memoryLogger } from './memory-logger.ts'
import { memoryMetrics } from './memory-metrics.ts'
import { MODELS_MADE_MS, modelVersion } from './models.ts'
import { openAccess } from './open-access.ts'
import { fixedServing } from './serving.ts'

/** The routes that predict bets, mounted over a model in memory, with all that they leave behind. */
export async function predictionApi(options: { ledger: readonly Bet[]; blend?: Blend; scopes?: readonly Scope[] }) {
  const { ledger, scopes } = options
  const clock = () => MODELS_MADE_MS
  const model = await fixedServing({ load: onnxScorer, ...options })
  const logged: LoggedPrediction[] = []
  const told: string[] = []
  const metrics = memoryMetrics()
  const logger = memoryLogger()
  const deps: ServeDeps = {
    ...{ model, clock, metrics, stopwatch: () => 0 },
    log: { append: (entries) => void logged.push(...entries) },
    highGrade: { tell: (key) => void told.push(key) },
  }
  const app = createApi({ style: STYLE, logger, clock, access: openAccess(scopes), rateLimit: 'off' })
    .route('/', predictRoutes(deps))
    .route('/', batchRoutes(deps))
    .route('/', legacyRoutes(deps))
  mountDocs(app, 'Predictions of bets')
  const { manifest } = await modelVersion(options.blend)
  return { app, model, logged, told, metrics, logger, ledger, version: manifest.version }
}
