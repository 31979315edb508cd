import { startSimulator, type Simulator } from '../../../src/simulator/simulator.js';
import { TEST_SECRET } from '../../support/tokens.js';
import { PRICES } from '../oracle.js';
import { ChaosDatabase } from './chaos-database.js';
import { StageNode } from './stage-node.js';

/** How long a silent node's streams stay its own: short, so that a minute sees many leases end. */
export const LEASE_MS = 2_500;
/** How long an answer goes on that nobody watches. */
export const DETACHED_MAX_MS = 20_000;
/** Of the one that answers requests in the background. */
export const WORKER_NAME = 'W';
const NODE_NAMES = ['A', 'B', 'C', 'D', 'E'];

const VARIABLES = {
  JWT_SECRET: TEST_SECRET,
  DEFAULT_PRICE_USD_PER_MTOK: `${PRICES.inputUsdPerMtok},${PRICES.outputUsdPerMtok}`,
  CREDITS_PER_USD: PRICES.creditsPerUsd,
  SIGNUP_CREDITS: '0',
  STREAM_LEASE_MS: String(LEASE_MS),
  DETACHED_MAX_MS: String(DETACHED_MAX_MS),
  DRAIN_MS: '3000',
  LOG_LEVEL: 'warn',
};

/** Everything real that a run plays on: the database server, the simulated provider, gateways and a worker with their links. */
export class Stage {
  private constructor(
    readonly database: ChaosDatabase,
    readonly simulator: Simulator,
    /** The gateways. */
    readonly nodes: readonly StageNode[],
    readonly worker: StageNode,
  ) {}

  /** @param nodeCount 2 to 5 gateways */
  static async open(nodeCount: number): Promise<Stage> {
    const database = await ChaosDatabase.start();
    const simulator = await startSimulator();
    const surroundings = { simulatorPort: simulator.port, databaseUrl: database.url, variables: VARIABLES };
    const names = NODE_NAMES.slice(0, nodeCount);
    const nodes = await Promise.all(names.map((name) => StageNode.open(name, 'gateway', surroundings)));
    const worker = await StageNode.open(WORKER_NAME, 'worker', surroundings);
    const stage = new Stage(database, simulator, nodes, worker);
    try {
      await Promise.all(stage.everyNode.map((node) => node.start()));
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  get everyNode(): readonly StageNode[] {
    return [...this.nodes, this.worker];
  }

  /** Every link as it should be, and every node up. */
  async heal(): Promise<void> {
    for (const node of this.everyNode) node.heal();
    await Promise.all(this.everyNode.map((node) => node.settled()));
  }

  async close(): Promise<void> {
    await Promise.all(this.everyNode.map((node) => node.close()));
    await this.simulator.close();
    await this.database.close();
  }
}
