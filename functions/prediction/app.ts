import type { ApiOptions } from '../../shared/http/api.ts'
import { createApi } from '../../shared/http/api.ts'
import type { MetricsPage } from '../../shared/kernel/ports.ts'
import type { DriftReports } from '../../shared/usecases/drift-reports.ts'
import type { ServeDeps } from '../../shared/usecases/serve-predictions.ts'
import type { ServingMarkets } from '../../shared/usecases/serving-markets.ts'
import type { ServingRegistry } from '../../shared/usecases/serving-registry.ts'
import { batchRoutes } from './batch-routes.ts'
import { driftRoutes } from './drift-routes.ts'
import { healthRoutes } from './health-routes.ts'
import { legacyRoutes } from './legacy-routes.ts'
import { marketRoutes } from './market-routes.ts'
import { modelsRoutes } from './models-routes.ts'
import { predictRoutes } from './predict-routes.ts'
import { STYLE } from './style.ts'

export interface PredictionDeps extends ServeDeps {
  markets: ServingMarkets
  registry: ServingRegistry
  reports: Pick<DriftReports, 'newest' | 'history'>
  metricsPage: MetricsPage
  /** Version of the software. */
  version: string
  /** Where it runs, as `/health` tells. */
  environment: string
  api: Omit<ApiOptions, 'style'>
}

/** The prediction API: win probabilities and market outlooks, what they come from, and whether they can be had. */
export function createPredictionApp(deps: PredictionDeps) {
  return createApi({ ...deps.api, style: STYLE })
    .route('/', predictRoutes(deps))
    .route('/', batchRoutes(deps))
    .route('/', legacyRoutes(deps))
    .route('/', marketRoutes(deps))
    .route('/', modelsRoutes(deps))
    .route('/', driftRoutes(deps))
    .route('/', healthRoutes(deps))
}
