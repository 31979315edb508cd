import { AlertDeliveries } from '../../src/alerts/delivery/alert-deliveries.service.js';
import { AlertStage } from '../support/alert-stage.js';
import { eventually } from '../support/eventually.js';
import { page, silence } from '../support/provider-server.js';
import { startWorker } from '../support/worker-process.js';

const WITHIN_MS = 60_000;

test('what a killed worker was telling, another one tells: the same message', async () => {
  const stage = await AlertStage.open();
  await stage.worker.close();
  stage.receiver.otherwise = silence;
  const killed = startWorker(stage.environment);
  try {
    await stage.find();
    await eventually(() => expect(stage.receiver.requests).toHaveLength(1), WITHIN_MS); // of its own accord
  } finally {
    killed.child.kill('SIGKILL');
    await killed.ended;
  }
  stage.receiver.otherwise = page(204, 'text/plain', '');
  const other = await stage.addWorker();
  await stage.database.query('UPDATE alerting.notification SET due_at = clock_timestamp()'); // its claim is over
  await other.get(AlertDeliveries).queueOverdue();
  await eventually(() => expect(stage.messages).toHaveLength(2));
  expect(new Set(stage.messages.map(({ id }) => id)).size).toBe(1);
  await eventually(async () =>
    expect((await stage.alerts())[0]!.notifications).toMatchObject([{ kind: 'fired', attempts: 2, dueAt: null }]),
  );
  await stage.close();
}, 120_000);
