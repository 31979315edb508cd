import type RunwayML from '@runwayml/sdk';
import { eventually } from './eventually.js';

/** Begins a video of 5 seconds at a simulated Runway. */
export function makeByRunway(runway: RunwayML, promptText: string) {
  return runway.textToVideo.create({ model: 'gen4.5', promptText, ratio: '1280:720', duration: 5 });
}

/** Waits until a task has made its video. */
export function succeeded(runway: RunwayML, id: string) {
  return eventually(async () => {
    const task = await runway.tasks.retrieve(id);
    if (task.status !== 'SUCCEEDED') throw new Error(task.status);
    return task;
  });
}
