import { parseObject } from '../kernel/json-object.ts'
import type { DashboardWindow, WindowFigures } from '../performance/dashboard.ts'
import type { DashboardSnapshot } from '../performance/dashboard-snapshot.ts'
import { DASHBOARD_SNAPSHOT_KEY, dashboardSnapshotSchema } from '../performance/dashboard-snapshot.ts'
import type { Served, ServingDeps, ServingObject } from './serving-object.ts'
import { createServingObject } from './serving-object.ts'

/** The dashboard, kept in memory. */
export type ServingDashboard = ServingObject<DashboardSnapshot>

/** The dashboard over one window. */
export interface DashboardView extends Omit<DashboardSnapshot, 'format' | 'ledgerSha256' | 'windows'> {
  window: DashboardWindow
  figures: WindowFigures
  servedFrom: Served<unknown>['servedFrom']
}

export function createServingDashboard(deps: ServingDeps): ServingDashboard {
  return createServingObject(deps, {
    name: 'dashboard',
    key: DASHBOARD_SNAPSHOT_KEY,
    read: async (body) => parseObject(body, DASHBOARD_SNAPSHOT_KEY, dashboardSnapshotSchema),
  })
}

/** What the dashboard shows of a window. @throws {UpstreamError} where none is to be had */
export async function showDashboard(
  dashboard: Pick<ServingDashboard, 'current'>,
  window: DashboardWindow,
): Promise<DashboardView> {
  const { value, servedFrom } = await dashboard.current()
  const { format: _, ledgerSha256: __, windows, ...facts } = value
  return { ...facts, window, figures: windows[window], servedFrom }
}
