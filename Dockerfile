# The program alone: docker-compose.yml beside this file adds Kafka and PostGIS. Without DATABASE_URL and KAFKA_BROKERS it keeps
# its data in /data, for evaluation.
FROM node:24.11.1-slim AS build
WORKDIR /tagwatch
COPY . .
# The bootstrap installs what the lock file names (npm ci) and builds; what only the build needs is taken away again.
RUN --mount=type=cache,target=/root/.npm npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:24.11.1-slim
ENV NODE_ENV=production TAGWATCH_DATA_DIR=/data
WORKDIR /tagwatch
RUN mkdir /data && chown node:node /data
COPY --from=build /tagwatch/package.json ./
COPY --from=build /tagwatch/node_modules ./node_modules
COPY --from=build /tagwatch/dist ./dist
COPY --from=build /tagwatch/geofences ./geofences
USER node
VOLUME /data
EXPOSE 8080
# The slim image has no curl. That the process answers is all that is asked: a database that is away is no reason to restart it.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.TAGWATCH_PORT ?? 8080}/health/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Room for what lives a moment (docs/operations.md, "How much it carries").
CMD ["node", "--max-semi-space-size=64", "dist/main.js", "serve"]
