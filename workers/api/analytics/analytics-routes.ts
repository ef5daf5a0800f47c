/** The routes of the analytics API, in the order of its documentation. */
import type { Route } from '../route.ts';
import { dailyTrendsRoute } from './daily-trends.ts';
import { genresRoute, geographicRoute, qualityRoute, warehouseDevicesRoute } from './group-routes.ts';
import { hourlyTrendsRoute } from './hourly-trends.ts';
import { metricsRoute } from './metrics.ts';
import { movieDetailRoute } from './movie-detail.ts';
import { retentionRoute } from './retention.ts';
import { sessionDetailRoute } from './session-detail.ts';
import { topMoviesRoute } from './top-movies.ts';
import { topUsersRoute } from './top-users.ts';
import { userDetailRoute } from './user-detail.ts';

export const analyticsRoutes: readonly Route[] = [
  metricsRoute,
  topMoviesRoute,
  genresRoute,
  warehouseDevicesRoute,
  geographicRoute,
  hourlyTrendsRoute,
  dailyTrendsRoute,
  qualityRoute,
  topUsersRoute,
  retentionRoute,
  sessionDetailRoute,
  movieDetailRoute,
  userDetailRoute,
];
