/**
 * Node's flags for a gateway, wherever it is started (the Dockerfile repeats them). A larger young generation: an answer
 * makes much that lives for milliseconds, and collecting it was a seventh of the work (docs/performance.md).
 */
export const SERVER_FLAGS = ['--enable-source-maps', '--max-semi-space-size=32'];
