import { signToken } from '../../support/tokens.js';
import type { StageNode } from '../stage/stage-node.js';
import { Line } from './line.js';

/** So many requests share a socket, at most. */
const MOST_SHARED = 8;

/** The sockets of all users: shared by a user's requests, as a page's are. */
export class Lines {
  private readonly open = new Map<string, { line: Line; uses: number }>();
  private readonly all = new Set<Line>();

  constructor(private readonly onForeign: (userId: string, raw: string) => void) {}

  /** How many sockets were opened. */
  opened = 0;

  /**
   * A socket of the user to the node on which the id was not asked for yet.
   * @param isFresh a socket of its own, which nobody else gets
   * @throws Error where the node can't be reached
   */
  async get(userId: string, node: StageNode, id: string, isFresh: boolean): Promise<Line> {
    if (isFresh) return this.connect(userId, node);
    const name = `${userId} ${node.name}`;
    const known = this.open.get(name);
    if (known?.line.isOpen && known.uses < MOST_SHARED && !known.line.knows(id)) {
      known.uses++;
      return known.line;
    }
    const line = await this.connect(userId, node);
    this.open.set(name, { line, uses: 1 });
    return line;
  }

  close(): void {
    for (const line of this.all) line.drop();
  }

  private async connect(userId: string, node: StageNode): Promise<Line> {
    const line = await Line.open(node.address, node.name, signToken(userId), (raw) => this.onForeign(userId, raw));
    this.opened++;
    this.all.add(line);
    void line.closed.then(() => this.all.delete(line));
    return line;
  }
}
