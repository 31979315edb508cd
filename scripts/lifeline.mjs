/**
 * Loaded into a program that `run-node.mjs` runs in a process group of its own: when its starter is killed outright
 * (kill -9 of the whole group, say), the program goes as abruptly, as it would have gone with the group.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.channel?.unref(); // it keeps nobody alive
