import { Inject, Injectable } from '@nestjs/common';
import { hash } from 'node:crypto';
import type { Rights } from '../auth/role-rights.js';
import { Tariff } from '../billing/pricing/tariff.js';
import type { CatalogueModel } from '../completions/catalogue/catalogue-model.js';
import { ModelCatalogue } from '../completions/catalogue/model-catalogue.js';
import { isUsable } from '../completions/catalogue/usable-model.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { VideoProviderRegistry } from '../providers/video-provider-registry.js';
import { modelResponse } from './model-response.js';
import type { ModelResponse, ProviderHealthResponse } from './models.dto.js';
import type { ModelsQuery } from './models-query.dto.js';
import { videoModels } from './video-models.js';

/** A listing as it goes out. */
export interface Listing {
  json: string;
  etag: string;
}

/** So many listings are kept; then it begins anew. */
const MOST_KEPT = 50;

type Entry = Omit<ModelResponse, 'available'>;

/** The catalogue as clients see it. A listing is written once, and again when a provider's health or the catalogue changes. */
@Injectable()
export class ModelsListing {
  private readonly kept = new Map<string, Listing>();
  private models: readonly CatalogueModel[] = [];
  private entries: readonly Entry[] = [];

  constructor(
    @Inject(ModelCatalogue) private readonly catalogue: ModelCatalogue,
    @Inject(Tariff) private readonly tariff: Tariff,
    @Inject(VideoProviderRegistry) private readonly videoProviders: VideoProviderRegistry,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  /** The models that fit a query and that the rights allow, with everybody's health. */
  list(query: ModelsQuery, rights: Rights): Listing {
    this.refresh();
    const providers = this.catalogue.health().map(({ isAvailable, ...rest }) => ({ ...rest, available: isAvailable }));
    const { provider, capability, type, search } = query;
    const name = JSON.stringify([provider, capability, type, search, providers]);
    // Rights that say something of models differ from role to role: what they allow is written anew.
    let listing = rights.isAnyModel ? this.kept.get(name) : undefined;
    if (!listing) {
      listing = this.write(query, providers, rights);
      if (!rights.isAnyModel) return listing;
      if (this.kept.size >= MOST_KEPT) this.kept.clear();
      this.kept.set(name, listing);
    }
    return listing;
  }

  private refresh(): void {
    const models = this.catalogue.list();
    if (models === this.models) return;
    this.models = models;
    this.entries = models.map((model) => modelResponse(model, this.tariff));
    this.kept.clear();
  }

  private write(query: ModelsQuery, providers: ProviderHealthResponse[], rights: Rights): Listing {
    const available = new Set(providers.filter((each) => each.available).map(({ id }) => id));
    const models = this.entries
      .filter((entry, index) => fits(entry, query) && isUsable(this.models[index]!, rights))
      .map((entry) => ({ ...entry, available: entry.providers.some(({ provider }) => available.has(provider)) }));
    const videos = videoModels(this.videoProviders.all(), query, this.environment.billing.creditsPerUsd).filter(
      ({ model }) => rights.isAnyModel || rights.mayUse('video', model),
    );
    const json = JSON.stringify({ providers, models, videos });
    return { json, etag: `"${hash('sha256', json, 'base64url')}"` };
  }
}

function fits(entry: Entry, { provider, capability, type, search }: ModelsQuery): boolean {
  return (
    (provider === undefined || entry.providers.some((each) => each.provider === provider)) &&
    (capability === undefined || entry.capabilities.includes(capability)) &&
    (type === undefined || entry.type === type) &&
    (search === undefined || entry.id.toLowerCase().includes(search.toLowerCase()))
  );
}
