# Two stages: one that builds, one that runs with nothing but Node, the built code and its
# production packages. No compiler is needed: every package ships what it needs.

FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY build.js tsconfig.json ./
COPY src ./src
RUN node build.js && npm prune --omit=dev --no-audit --no-fund

FROM node:22-bookworm-slim
ENV NODE_ENV=production \
    PRESSROOM_DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# doctor compares the bot's scopes with the manifest.
COPY package.json manifest.yml LICENSE ./
# The image's own user, who may write nowhere but to /data.
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/healthz').then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
# Node is process 1 and hears SIGTERM itself; give it 45 seconds to end.
ENTRYPOINT ["node", "dist/main.js"]
CMD ["start"]
