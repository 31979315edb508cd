import { Inject, Injectable } from '@nestjs/common';
import type { ListedModel } from '../../billing/pricing/listed-models.js';
import { Tariff } from '../../billing/pricing/tariff.js';
import { GatewayError } from '../../common/errors/gateway-error.js';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import type { GatewayConfig } from '../../config/gateway-config/gateway-config.js';
import { GatewayConfiguration } from '../../config/gateway-config/gateway-configuration.js';
import { FallbackOrchestrator } from '../../orchestrator/fallback-orchestrator.js';
import { pricedSteps } from '../job-preparation.js';
import type { CatalogueModel } from './catalogue-model.js';
import { configuredModels } from './configured-models.js';
import { describeModel, type ModelFacts } from './describe-model.js';
import { modelTypeOf } from './model-type.js';
import { providersHealth, type ProviderHealth } from './provider-health.js';

/** The simulator's models, which are scripts: there is no end to them. */
const SIMULATED_FAMILY: ModelFacts = { name: 'sim-*', type: 'chat', isFamily: true };

/** Which models clients may ask for, and how those who have them stand. */
@Injectable()
export class ModelCatalogue {
  private readonly isSimulated: boolean;
  private models: readonly CatalogueModel[] = [];
  /** What `models` was made under. */
  private config: GatewayConfig | undefined;

  constructor(
    @Inject(FallbackOrchestrator) private readonly orchestrator: FallbackOrchestrator,
    @Inject(Tariff) private readonly tariff: Tariff,
    @Inject(GatewayConfiguration) private readonly configuration: GatewayConfiguration,
    @Inject(ENVIRONMENT) { providers }: Environment,
  ) {
    this.isSimulated = providers.isSimulated;
  }

  /** Every model that has a price and somebody who answers with it, by name. The same list as long as nothing changes. */
  list(): readonly CatalogueModel[] {
    const { inForce } = this.configuration;
    if (this.config !== inForce) this.models = this.compile(inForce);
    this.config = inForce;
    return this.models;
  }

  /** One of them, or one that has a price though the list doesn't name it; undefined: a request for it would be refused. */
  find(name: string): CatalogueModel | undefined {
    const listed = this.list().find(({ id, isFamily }) => id === name && !isFamily);
    const type = modelTypeOf(name);
    if (listed || type === undefined) return listed;
    return this.describe({ name, type, isFamily: false })[0];
  }

  /** Every provider, in the order in which `auto` asks them, as this node sees it now. */
  health(): ProviderHealth[] {
    return providersHealth(this.orchestrator.health());
  }

  private compile(config: GatewayConfig): CatalogueModel[] {
    const listed = this.orchestrator
      .providerIds()
      .flatMap((id) => this.tariff.listedModels(id))
      .flatMap(factsOf);
    const known = new Map(listed.reverse().map((facts) => [facts.name, facts])); // the first provider's word counts
    for (const facts of configuredModels(config)) {
      const model = facts.meaning ? {} : known.get(facts.name); // of an alias the list knows nothing
      known.set(facts.name, { ...model, ...facts });
    }
    if (this.isSimulated) known.set(SIMULATED_FAMILY.name, SIMULATED_FAMILY);
    return [...known.values()]
      .flatMap((facts) => this.describe(facts))
      .sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** Nothing for a model that a request would be refused for. */
  private describe(facts: ModelFacts): CatalogueModel[] {
    const { name: model, type } = facts;
    const steps = this.orchestrator.plan({ operation: type, provider: 'auto', model, mayFallBack: true });
    try {
      return [describeModel(facts, pricedSteps({ model, type }, steps, this.tariff, facts.meaning))];
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'MODEL_NOT_FOUND') return [];
      throw error;
    }
  }
}

function factsOf(listed: ListedModel): ModelFacts[] {
  const type = modelTypeOf(listed.name);
  return type === undefined ? [] : [{ ...listed, type, isFamily: false }];
}
