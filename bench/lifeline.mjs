/** Loaded into everything that the benchmark starts: when the benchmark is killed outright, they end of themselves. */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref(); // it keeps nobody alive
