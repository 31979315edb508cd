/**
 * The rooms of src and what each may import: lower levels and its own folder, nothing else
 * (docs/architecture.md). A new room is added to LEVELS; a ban that deserves a name of its own is added below.
 */
const LEVELS = [
  ['common'],
  ['config'],
  ['providers/contract', 'database', 'simulator'],
  ['queue', 'providers'],
  ['events', 'limits', 'audit'],
  ['orchestrator', 'billing', 'auth'],
  ['media'],
  ['completions', 'video', 'maintenance', 'usage', 'backup'],
  ['privacy', 'alerts'],
  ['streaming', 'compat', 'account', 'admin', 'catalogue', 'health'],
  ['metrics', 'tracing'],
];
const lower = (level) => LEVELS.slice(0, level).flat();
const folder = (rooms) => `^src/(${rooms.join('|')})/`;

const rooms = LEVELS.flatMap((names, level) =>
  names.map((room) => ({
    name: `room-${room.replace('/', '-')}`,
    comment: `src/${room} imports lower levels and its own folder, nothing else.`,
    severity: 'error',
    from: { path: `^src/${room}/`, ...(room === 'providers' ? { pathNot: '^src/providers/contract/' } : {}) },
    to: { path: '^src/', pathNot: folder([room, ...lower(level)]) },
  })),
);
const VENDORS = 'openai|anthropic|sora|runway';

module.exports = {
  forbidden: [
    ...rooms,
    {
      name: 'commands-are-entry-points',
      comment: 'src/cli and src/demo are like main.ts: they import any room, no room imports them.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli|demo)/' },
      to: { path: '^src/(cli|demo)/' },
    },
    {
      name: 'client-is-for-the-commands',
      comment: 'The gateway does not talk to itself: only src/cli and src/demo use the client library.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli|demo)/' },
      to: { path: '^client/|mcp-client' },
    },
    {
      name: 'client-stands-alone',
      comment:
        'The client library is published by itself and runs in browsers: nothing of src, no package but ws in Node.',
      severity: 'error',
      from: { path: '^client/' },
      to: { pathNot: '^client/src/|node_modules/(@types/)?(ws|node)/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'client-brings-ws-to-node-alone',
      severity: 'error',
      from: { path: '^client/', pathNot: '^client/src/node-socket\\.ts$' },
      to: { dependencyTypes: ['core', 'npm'] },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'money-knows-no-vendor',
      severity: 'error',
      from: { path: '^src/(billing|audit)/' },
      to: { path: `^src/(orchestrator|providers/(${VENDORS}))/|node_modules/(openai|@anthropic-ai)/` },
    },
    {
      name: 'vendors-are-strangers',
      comment: 'No vendor imports another.',
      severity: 'error',
      from: { path: `^src/providers/(${VENDORS})/` },
      to: { path: `^src/providers/(${VENDORS})/`, pathNot: '^src/providers/$1/' },
    },
    {
      name: 'only-the-module-names-vendors',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/providers/((${VENDORS})/|providers\\.module\\.ts$)` },
      to: { path: `^src/providers/(${VENDORS})/` },
    },
    {
      name: 'contract-does-nothing',
      comment: 'The provider contract is types and errors: no Nest, no I/O.',
      severity: 'error',
      from: { path: '^src/providers/contract/' },
      to: { path: 'node_modules', dependencyTypes: ['npm'] },
    },
    {
      name: 'ws-only-in-the-gateway',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: '^src/streaming/(streaming\\.gateway|websocket\\.adapter)\\.ts$',
      },
      to: { path: 'node_modules/ws/' },
    },
    {
      name: 'bullmq-only-at-the-queue',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/queue/|\\.processor\\.ts$|-(scheduler|queue)\\.service\\.ts$' },
      to: { path: 'node_modules/(bullmq|@nestjs/bullmq)/' },
    },
    {
      name: 'typeorm-only-at-the-database',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: '^src/database/|\\.entity\\.ts$|\\.module\\.ts$|\\.(service|store|repository)\\.ts$',
      },
      to: { path: 'node_modules/(typeorm|@nestjs/typeorm)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.test\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
