/** A bound on some models' requests within their provider's own. */
export class ModelLane {
  /** Requests of these models that hold a slot of the provider. */
  running = 0;

  constructor(
    /** Requests at once. */
    public concurrency: number,
  ) {}

  get isFull(): boolean {
    return this.running >= this.concurrency;
  }
}

/** What a request asks a provider's slot for: absent means a model that has no bound of its own. */
export type Lane = ModelLane | undefined;
