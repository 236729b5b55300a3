import { z } from 'zod'

/** An id that a platform gives, as text; some servers write short ones as numbers. */
export const remoteId = z.union([z.string().min(1), z.int().nonnegative().transform(String)])
