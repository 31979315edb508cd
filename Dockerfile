# One image, two commands: the gateway (the default) and the worker (`node dist/worker.js`).
# It needs DATABASE_URL: the embedded database stays out of it. Nothing is written to its file system but under /data:
# configurations that worked, generated development secrets, and videos in /data/media, a volume that gateways and workers
# share, unless MEDIA_S3_BUCKET is set.
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS manifest
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY client/package.json client/

FROM manifest AS build
RUN npm ci --include=dev --no-audit --no-fund
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY client client
COPY src src
COPY scripts/build.mjs scripts/setup.mjs scripts/set-up-lock.mjs scripts/
RUN npm run build

FROM manifest AS dependencies
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY package.json ./
COPY scripts/health-check.mjs scripts/
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/client/package.json client/
COPY --from=build /app/client/dist client/dist
COPY --from=build /app/dist dist
COPY contracts/gateway-config.schema.json contracts/
RUN install -d -o node -g node /data /data/media
ENV DATA_DIR=/data
USER node
EXPOSE 3003
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "scripts/health-check.mjs"]
CMD ["node", "--enable-source-maps", "--max-semi-space-size=32", "dist/main.js"]
