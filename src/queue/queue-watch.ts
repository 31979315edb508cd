import { getQueueToken } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Job, Queue } from 'bullmq';
import type { QueueName } from './queue-jobs.js';

/** How one queue stands. */
export interface QueueFigures {
  queue: QueueName;
  /** Jobs that could run now and wait for a worker. */
  waiting: number;
  /** Jobs that run. */
  active: number;
  /** Jobs that are to run later. */
  delayed: number;
  /** Jobs that were tried as often as they may be, of those that are kept. */
  failed: number;
  /** How long the job that is next in line has waited; 0: none waits. */
  oldestSeconds: number;
}

const QUEUES: Record<QueueName, true> = {
  maintenance: true,
  requests: true,
  videos: true,
  'video-files': true,
  'video-workflows': true,
  alerts: true,
};

/** The queues that this process puts jobs into or takes them from, as they stand for all processes. */
@Injectable()
export class QueueWatch {
  constructor(@Inject(ModuleRef) private readonly modules: ModuleRef) {}

  /** @throws what the queue's database or Redis failed with */
  figures(): Promise<QueueFigures[]> {
    return Promise.all(this.queues().map(([name, queue]) => figuresOf(name, queue)));
  }

  private queues(): [QueueName, Queue][] {
    return (Object.keys(QUEUES) as QueueName[]).flatMap((name) => {
      const queue = this.find(name);
      return queue ? [[name, queue] as [QueueName, Queue]] : [];
    });
  }

  /** Undefined where no module of this process has it. */
  private find(name: QueueName): Queue | undefined {
    try {
      return this.modules.get<Queue>(getQueueToken(name), { strict: false });
    } catch {
      return undefined;
    }
  }
}

async function figuresOf(name: QueueName, queue: Queue): Promise<QueueFigures> {
  const counts = await queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'failed');
  const { waiting = 0, prioritized = 0, active = 0, delayed = 0, failed = 0 } = counts;
  const isAnyWaiting = waiting + prioritized > 0;
  const [next] = isAnyWaiting ? await queue.getJobs(['waiting', 'prioritized'], 0, 0, true) : [];
  const oldestSeconds = next ? Math.max(0, (Date.now() - readySinceMs(next)) / 1_000) : 0;
  return { queue: name, waiting: waiting + prioritized, active, delayed, failed, oldestSeconds };
}

/** A job that ran before waits since the end of the delay that it was given then. */
function readySinceMs({ timestamp, processedOn, delay }: Job): number {
  return (processedOn ?? timestamp) + (delay ?? 0);
}
