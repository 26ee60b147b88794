import type { LedgerAccess } from '../../shared/adapters/supabase-ledger.ts'
import type { ApiOptions } from '../../shared/http/api.ts'
import { createApi } from '../../shared/http/api.ts'
import type { ServingDashboard } from '../../shared/usecases/serving-dashboard.ts'
import type { ServingRecord } from '../../shared/usecases/serving-record.ts'
import { betsRoutes } from './bets-routes.ts'
import { dashboardRoutes } from './dashboard-routes.ts'
import type { DatabaseSight } from './health-routes.ts'
import { scoringHealthRoutes } from './health-routes.ts'
import { lastSyncRoutes } from './last-sync-routes.ts'
import type { OpportunitiesDeps } from './opportunities-routes.ts'
import { opportunitiesRoutes } from './opportunities-routes.ts'
import { queryRoutes } from './query-routes.ts'
import { scoreRoutes } from './score-routes.ts'
import { STYLE } from './style.ts'
import type { SyncRoutesDeps } from './sync-routes.ts'
import { syncRoutes } from './sync-routes.ts'

export interface ScoringDeps extends Omit<SyncRoutesDeps, 'open'>, Omit<OpportunitiesDeps, 'open'> {
  record: Pick<ServingRecord, 'current'>
  dashboard: Pick<ServingDashboard, 'current'>
  /** Opens the database when a request first needs it: scores and the dashboard never do. */
  open: () => Promise<LedgerAccess>
  isDatabaseConfigured: boolean
  /** How a request that needed the database last found it. */
  database: () => DatabaseSight | undefined
  /** Version of the software. */
  version: string
  api: Omit<ApiOptions, 'style'>
}

/** The extension's API: a bet against the bettor's own record, and the ledger that the record is made of. */
export function createScoringApp(deps: ScoringDeps) {
  return createApi({ ...deps.api, style: STYLE })
    .route('/', scoreRoutes(deps))
    .route('/', dashboardRoutes(deps))
    .route('/', syncRoutes(deps))
    .route('/', lastSyncRoutes(deps))
    .route('/', opportunitiesRoutes(deps))
    .route('/', betsRoutes(deps))
    .route('/', queryRoutes())
    .route('/', scoringHealthRoutes(deps))
}
