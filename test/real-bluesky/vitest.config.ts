import { defineConfig } from 'vitest/config'

/** Bluesky's own server is installed apart (`npm ci` here), so its check runs apart too. */
export default defineConfig({
  test: {
    include: ['test/real-bluesky/*.peer.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
