import { auditRoute } from './admin-audit.ts';
import { auditCheckRoute } from './admin-audit-check.ts';
import { beginRunsRoute, cancelRunRoute, runRoute, runsRoute } from './admin-batch.ts';
import { deadLettersRoute, redriveRoute } from './admin-dead-letters.ts';
import { cancelEtlRoute, etlRunRoute, etlRunsRoute, runEtlRoute } from './admin-etl.ts';
import { etlRejectsRoute } from './admin-etl-rejects.ts';
import { deleteImportRoute, importsRoute, readImportRoute, uploadImportRoute } from './admin-imports.ts';
import { createKeyRoute, keysRoute, revokeKeyRoute } from './admin-keys.ts';
import { addPersonRoute, disablePersonRoute, peopleRoute, renewTokenRoute } from './admin-people.ts';
import { beginReplayRoute, cancelReplayRoute, replayRoute, replaysRoute } from './admin-replay.ts';
import { regionShardsRoute, setShardsRoute } from './admin-shards.ts';
import { acknowledgeRoute, resolveRoute } from './alert-actions.ts';
import { changeRuleRoute, createRuleRoute, deleteRuleRoute } from './alert-rule-actions.ts';
import { alertRulesRoute } from './alert-rules.ts';
import { alertsRoute } from './alerts.ts';
import { analyticsRoutes } from './analytics/analytics-routes.ts';
import { changeAnnotationRoute, createAnnotationRoute, deleteAnnotationRoute } from './annotation-actions.ts';
import { annotationsRoute } from './annotations.ts';
import { hourlyStats, popularMovies, ratingsStats } from './batch.ts';
import { contentTable } from './batch-content.ts';
import { batchRoute } from './batch-table.ts';
import { userStats } from './batch-users.ts';
import { putMovieRoute, putMoviesRoute } from './catalog/movie-actions.ts';
import { movieRoute, moviesRoute } from './catalog/movies.ts';
import { catalogRegionRoute, catalogRegionsRoute, putRegionRoute } from './catalog/regions.ts';
import { devicesRoute } from './devices.ts';
import { embedPageRoute } from './embed-page.ts';
import { createEmbedRoute, embedsRoute, revokeEmbedRoute } from './embeds.ts';
import { type EventsDoor, eventsRoute } from './events.ts';
import { healthRoute, partsHealthRoute } from './health.ts';
import { liveEventsRoute, liveRoute } from './live.ts';
import { livePictureRoute } from './live-picture.ts';
import { openapiRoute } from './openapi-route.ts';
import { realtimeRoute } from './realtime.ts';
import { reconcileRoute } from './reconcile.ts';
import { regionsRoute } from './regions.ts';
import type { Route } from './route.ts';
import { changeViewRoute, deleteViewRoute, saveViewRoute, viewsRoute } from './saved-views.ts';
import { signInRoute, signOutRoute, whoAmIRoute } from './session.ts';
import { eventDistribution, movieViews, ratings, userActivity } from './stream.ts';
import { streamRoute } from './stream-table.ts';
import { systemRoute } from './system.ts';
import { timeseriesRoute } from './timeseries.ts';
import { trendingRoute } from './trending.ts';

/** Handlers of other doors, given from outside: doors do not see each other. */
export interface Doors {
  readonly events: EventsDoor;
}

const catalogRoutes: readonly Route[] = [
  moviesRoute,
  putMoviesRoute,
  movieRoute,
  putMovieRoute,
  catalogRegionsRoute,
  catalogRegionRoute,
  putRegionRoute,
];

const batchRunRoutes: readonly Route[] = [
  beginRunsRoute,
  runsRoute,
  runRoute,
  cancelRunRoute,
  beginReplayRoute,
  replaysRoute,
  replayRoute,
  cancelReplayRoute,
];

const etlRoutes: readonly Route[] = [runEtlRoute, etlRunsRoute, etlRunRoute, etlRejectsRoute, cancelEtlRoute];

/** Every route and the role it needs: the one place where they are declared (API-2). */
export function routesOf(doors: Doors): readonly Route[] {
  return [
    healthRoute(),
    partsHealthRoute,
    openapiRoute,
    eventsRoute(doors.events),
    realtimeRoute,
    timeseriesRoute,
    regionsRoute,
    trendingRoute,
    devicesRoute,
    ...[movieViews, userActivity, eventDistribution, ratings].map(streamRoute),
    ...[contentTable, popularMovies, ratingsStats, hourlyStats, userStats].map(batchRoute),
    ...analyticsRoutes,
    alertsRoute,
    alertRulesRoute,
    createRuleRoute,
    changeRuleRoute,
    deleteRuleRoute,
    acknowledgeRoute,
    resolveRoute,
    ...catalogRoutes,
    annotationsRoute,
    createAnnotationRoute,
    changeAnnotationRoute,
    deleteAnnotationRoute,
    viewsRoute,
    saveViewRoute,
    changeViewRoute,
    deleteViewRoute,
    embedsRoute,
    createEmbedRoute,
    revokeEmbedRoute,
    embedPageRoute,
    liveRoute,
    liveEventsRoute,
    livePictureRoute,
    reconcileRoute,
    systemRoute,
    keysRoute,
    createKeyRoute,
    revokeKeyRoute,
    peopleRoute,
    addPersonRoute,
    renewTokenRoute,
    disablePersonRoute,
    signInRoute,
    whoAmIRoute,
    signOutRoute,
    auditRoute,
    auditCheckRoute,
    importsRoute,
    readImportRoute,
    uploadImportRoute,
    deleteImportRoute,
    deadLettersRoute,
    redriveRoute,
    regionShardsRoute,
    setShardsRoute,
    ...batchRunRoutes,
    ...etlRoutes,
  ];
}
