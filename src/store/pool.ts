/** Connections for statements, opened as they are needed. */
export const POOL_SIZE = 9

/** One more, which nothing but what somebody waits for may use. */
export const PROMPT_POOL_SIZE = 1

/** Connections of a queue that lives in the database, for each of its two ends. */
export const QUEUE_POOL_SIZE = 6

/**
 * The most connections that one process opens: statements and one that listens; a worker's queue in
 * the database has two pools, and one more that listens. Postgres takes 100 when nobody changes it.
 */
export const CONNECTIONS_PER_PROCESS = {
  withRedis: POOL_SIZE + PROMPT_POOL_SIZE + 1,
  withoutRedis: POOL_SIZE + PROMPT_POOL_SIZE + 1 + 2 * QUEUE_POOL_SIZE + 1,
} as const
