import type { Queue } from 'bullmq'
import type { Pages } from '../../server.js'

/**
 * Pages that show a queue, answering below `basePath`, which is taken off the requests before. They
 * only show: a bell says that a target is due, and to move it changes nothing about the target.
 * Loaded here and not before, for most processes are never asked for them.
 */
export async function createBoard(queue: Queue, basePath: string): Promise<Pages> {
  const [{ createBullBoard }, { BullMQAdapter }, { ExpressAdapter }] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/api/bullMQAdapter'),
    import('@bull-board/express'),
  ])
  const serverAdapter = new ExpressAdapter().setBasePath(basePath)
  const shown = new BullMQAdapter(queue, {
    readOnlyMode: true,
    description: 'Bells that say which target is due. The store is the truth.',
  })
  createBullBoard({
    queues: [shown],
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Pressroom' } },
  })
  const pages = serverAdapter.getRouter()
  pages.disable('x-powered-by')
  return pages
}
