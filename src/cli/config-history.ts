import { loadConfigurationPlace } from '../config/env.js';
import { KeptConfigurations } from '../config/gateway-config/kept-configurations.js';
import { rollBack, RollBackError } from '../config/gateway-config/roll-back.js';
import { ArgumentsError } from './arguments-error.js';
import { runCommand } from './run-command.js';

const USAGE = `npm run config:history                 the last configurations that were in force, newest first
npm run config:rollback [-- NAME]      brings one back: the newest that says something else than the file, or that one`;

/** `npm run config:history` and `npm run config:rollback`: they need neither the rest of the environment nor a good file. */
function main([command, name, ...rest]: string[]): void {
  const { path, dataDirectory } = loadConfigurationPlace();
  const kept = new KeptConfigurations(dataDirectory);
  if (command === 'list' && name === undefined) {
    for (const each of kept.list()) process.stdout.write(`${each.at}  ${each.digest}  ${each.name}\n`);
  } else if (command === 'rollback' && rest.length === 0) {
    if (path === undefined) throw new RollBackError('GATEWAY_CONFIG is not set: there is no file to bring back');
    const { to, replaced } = rollBack(path, kept, name);
    process.stdout.write(`${path} is again what came into force at ${to.at}\n`);
    if (replaced !== undefined) process.stdout.write(`What it said before is in ${replaced}\n`);
  } else {
    throw new ArgumentsError('The command is list, or rollback and at most one name.');
  }
}

await runCommand(USAGE, main);
