import { startCommand } from '../support/command.js';

const COMMANDS = ['audit-export', 'audit-verify', 'backup', 'chat', 'config-history', 'doctor'];
const MORE = ['keys-rotate', 'reconcile', 'restore', 'token'];

it.each([...COMMANDS, ...MORE])(
  '%s --help says how it is called, whatever else is given or missing',
  async (name) => {
    const { ended } = startCommand(`src/cli/${name}.ts`, ['--wrong', '--help']);
    const script = name === 'config-history' ? 'config:rollback' : name.replace('-', ':');
    expect(await ended).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(new RegExp(`npm run (-s )?${script}`)),
      stderr: '',
    });
  },
  60_000,
);

it.each([...COMMANDS, ...MORE])(
  '%s says so too where it was called wrongly',
  async (name) => {
    const { ended } = startCommand(`src/cli/${name}.ts`, ['--wrong']);
    expect(await ended).toMatchObject({ exitCode: 64, stdout: '', stderr: expect.stringContaining('npm run ') });
  },
  60_000,
);
