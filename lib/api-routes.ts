import type { ShiftedFunction } from '../shared/config/stage.ts'

/** A path of the API, and the function that has it, whatever the method. */
export interface ApiRoute {
  path: string
  function: ShiftedFunction
  /** Answered without a key. */
  isOpen: boolean
}

const KEYED: Record<ShiftedFunction, readonly string[]> = {
  scoring: [
    '/api/score-bet',
    '/api/dashboard',
    '/api/sync',
    '/api/supabase/last-sync',
    '/api/capture-opportunities',
    '/api/opportunities',
    '/api/bets',
  ],
  prediction: [
    '/api/v1/predict',
    '/api/predict',
    '/api/v1/batch-predict',
    '/ml-predict',
    '/batch-predict',
    '/api/v1/predict-market',
    '/api/v1/predict-market/{sport}/{league}/{market}',
    // Names with a slash in them, which API Gateway may hand on as several.
    '/api/v1/predict-market/{names+}',
    '/api/v1/model-info',
    '/api/v1/models',
    '/api/v1/reload-models',
    '/api/v1/drift-report',
    '/api/drift',
    '/drift-dashboard',
    '/ready',
    '/metrics',
  ],
}

const OPEN: Record<ShiftedFunction, readonly string[]> = {
  scoring: ['/api/health', '/api/supabase/query'],
  prediction: ['/health', '/live', '/docs', '/openapi.json'],
}

/** Every path of both functions, as one API. */
export const API_ROUTES: readonly ApiRoute[] = [...routesOf(KEYED, false), ...routesOf(OPEN, true)]

function routesOf(paths: Record<ShiftedFunction, readonly string[]>, isOpen: boolean): ApiRoute[] {
  const of = (name: ShiftedFunction) => paths[name].map((path) => ({ path, function: name, isOpen }))
  return [...of('scoring'), ...of('prediction')]
}
