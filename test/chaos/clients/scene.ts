import type { Clock } from '../clock.js';
import type { History } from '../history.js';
import type { StageNode } from '../stage/stage-node.js';
import type { Sights } from '../checks/sights.js';
import type { Lines } from './lines.js';

/** What a client acts in. */
export interface Scene {
  clock: Clock;
  nodes: readonly StageNode[];
  lines: Lines;
  history: History;
  /** Is told of every frame as it comes. */
  sights: Sights;
}
